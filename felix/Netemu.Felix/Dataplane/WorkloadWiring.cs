using System.Linq;
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

    /// <summary>
    /// Makes the Pod's namespace and both ends of its veth, up; the host side is ready for proxy ARP, and for proxy NDP if
    /// the Pod has an IPv6 address.
    /// </summary>
    public static NetworkNamespace Connect(EngineNode node, string name, WorkloadEndpoint endpoint, int mtu)
    {
        NetworkNamespace pod = node.AddNamespace(name);
        (VethDevice inside, VethDevice outside) = VethDevice.CreatePair(pod, "eth0", node.Root, endpoint.InterfaceName, mtu);
        if (endpoint.Mac is { } mac)
        {
            inside.SetMac(mac);
        }

        outside.SetMac(HostSideMac);
        bool hasIPv6 = endpoint.Addresses.Any(address => address.IsIPv6);
        SetUpHostSide(node.Root, outside, hasIPv6);
        if (hasIPv6)
        {
            node.Root.IPv6.Enable();
            pod.IPv6.Enable();
        }

        pod.Loopback.SetUp(true);
        inside.SetUp(true);
        outside.SetUp(true);
        foreach (InternetAddress address in endpoint.Addresses)
        {
            if (address.IsIPv4)
            {
                pod.IPv4.AddAddress(inside, new InterfaceAddress<IPv4Address>(address.IPv4, 32));
            }
            else
            {
                pod.IPv6.AddAddress(inside, new InterfaceAddress<IPv6Address>(address.IPv6, 128));
            }
        }

        AddIPv4Gateway(pod, inside);
        if (hasIPv6)
        {
            AddIPv6Gateway(pod, inside);
        }

        return pod;
    }

    /// <summary>Takes the Pod away: its namespace and the veth.</summary>
    public static void Disconnect(EngineNode node, NetworkNamespace pod) => node.RemoveNamespace(pod);

    /// <summary>cni-plugin/pkg/dataplane/linux/dataplane_linux.go: proxy ARP at once, 127/8 routable, forwarding.</summary>
    private static void SetUpHostSide(NetworkNamespace root, NetDevice outside, bool hasIPv6)
    {
        InterfaceSettings settings = root.WritableSettingsOf(outside);
        settings.ProxyArp = true;
        settings.ProxyDelay = 0;
        settings.RouteLocalnet = true;
        settings.Forwarding = true;
        if (hasIPv6)
        {
            // All host sides have one link-local address: looking for duplicates would find each other.
            settings.AcceptDad = 0;
            settings.ProxyNdp = true;
            root.SetForwardingIPv6(true);
            settings.ForwardingIPv6 = true;
        }
    }

    private static void AddIPv4Gateway(NetworkNamespace pod, NetDevice inside)
    {
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
    }

    /// <summary>The host side's link-local address is the gateway: it follows from its MAC (EUI-64).</summary>
    private static void AddIPv6Gateway(NetworkNamespace pod, NetDevice inside) =>
        pod.IPv6.Routes.Add(new Route<IPv6Address>
        {
            Prefix = Prefix<IPv6Address>.Default,
            Metric = 1024,
            NextHop = new NextHop<IPv6Address>(inside, IPv6Address.LinkLocal(HostSideMac), hasGateway: true),
        });
}
