using Netemu.Calico.Peering;
using Netemu.Core.Addresses;
using Netemu.Felix.Rendering;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// BIRD's calico_kernel_programming filter of a machine, as it is now: which of BGP's routes go into the kernel, and which
/// of them through the IPIP device (krt_tunnel).
/// </summary>
internal sealed class KernelRules(BgpNodeConfiguration configuration)
{
    private BgpNodeConfiguration _configuration = configuration;

    public void Replace(BgpNodeConfiguration changed) => _configuration = changed;

    /// <summary>Routes of pools that Felix programs are left to it; all else goes into the kernel.</summary>
    public bool Programs(InternetPrefix prefix) => ActionFor(prefix) is not KernelRouteAction.Leave;

    /// <summary>The device for a route of an IPIP pool; with CrossSubnet only for next hops outside the node's subnet.</summary>
    public string? TunnelTo(InternetPrefix prefix, InternetAddress nextHop) => ActionFor(prefix) switch
    {
        KernelRouteAction.Tunnel => RouteModel.IpipDevice,
        KernelRouteAction.TunnelAcrossSubnets when !IsNeighbour(nextHop) => RouteModel.IpipDevice,
        _ => null,
    };

    private KernelRouteAction ActionFor(InternetPrefix prefix)
    {
        foreach (KernelRouteRule rule in _configuration.KernelRules)
        {
            if (rule.Cidr.Contains(prefix))
            {
                return rule.Action;
            }
        }

        return KernelRouteAction.Program;
    }

    private bool IsNeighbour(InternetAddress nextHop) =>
        nextHop.IsIPv4 && _configuration.IPv4Address is { } own && own.Prefix.Contains(nextHop.IPv4);
}
