using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using EngineNode = Netemu.Engine.Simulation.Node;

namespace Netemu.Felix.Dataplane;

/// <summary>
/// What Calico's CNI plugin does for a Pod: a namespace with eth0, whose other end has Felix's name and the MAC
/// ee:ee:ee:ee:ee:ee, an address of full length, and a default route by 169.254.1.1, which nobody owns and the host's
/// proxy ARP answers for.
/// </summary>
public static class WorkloadWiring
{
    /// <summary>The Pod's gateway.</summary>
    public static readonly IPv4Address Gateway = new(169, 254, 1, 1);

    /// <summary>The MAC of every host side: no Pod has to learn it again when it moves.</summary>
    public static readonly MacAddress HostSideMac = new(0xEEEE_EEEE_EEEE);

    /// <summary>Makes the Pod's namespace and both ends of its veth, up; the host side is ready for proxy ARP.</summary>
    public static NetworkNamespace Connect(EngineNode node, string name, WorkloadEndpoint endpoint, int mtu)
    {
        NetworkNamespace pod = node.AddNamespace(name);
        (VethDevice inside, VethDevice outside) = VethDevice.CreatePair(pod, "eth0", node.Root, endpoint.InterfaceName, mtu);
        if (endpoint.Mac is { } mac)
        {
            inside.SetMac(mac);
        }

        outside.SetMac(HostSideMac);
        InterfaceSettings settings = node.Root.WritableSettingsOf(outside);
        settings.ProxyArp = true;
        settings.ProxyDelay = 0;
        settings.RouteLocalnet = true;
        settings.Forwarding = true;
        pod.Loopback.SetUp(true);
        inside.SetUp(true);
        outside.SetUp(true);
        foreach (InternetAddress address in endpoint.Addresses)
        {
            if (address.IsIPv4)
            {
                pod.IPv4.AddAddress(inside, new InterfaceAddress<IPv4Address>(address.IPv4, 32));
            }
        }

        pod.IPv4.Routes.Add(new Route<IPv4Address>
        {
            Prefix = Prefix<IPv4Address>.Host(Gateway),
            Scope = RouteScope.Link,
            NextHop = new NextHop<IPv4Address>(inside, default, hasGateway: false),
        });
        pod.IPv4.Routes.Add(new Route<IPv4Address>
        {
            Prefix = Prefix<IPv4Address>.Default,
            NextHop = new NextHop<IPv4Address>(inside, Gateway, hasGateway: true),
        });
        return pod;
    }

    /// <summary>Takes the Pod away: its namespace, the veth, and every connection that it had through the host.</summary>
    public static void Disconnect(EngineNode node, NetworkNamespace pod)
    {
        node.RemoveNamespace(pod);
    }
}
