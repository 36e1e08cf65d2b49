using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Workloads;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Peering;

/// <summary>
/// What nodes announce, accept and program: the filters of Calico's BIRD configuration (calico_aggr,
/// calico_export_to_bgp_peers, calico_kernel_programming) as rules.
/// </summary>
internal sealed class BgpAdvertisement
{
    /// <summary>A node with this label takes no part in announcing services.</summary>
    private const string ExcludeLabel = "node.kubernetes.io/exclude-from-external-load-balancers";

    private readonly Dictionary<string, List<InternetPrefix>> _blocks = [];
    private readonly List<IPPool> _pools = [];
    private readonly Pod[] _pods;
    private readonly FelixConfiguration[] _felix;
    private readonly List<Service> _services = [];
    private readonly List<EndpointSlice> _slices = [];
    private readonly BgpConfiguration _configuration;
    private readonly bool _birdProgramsTunnels;
    private readonly bool _birdProgramsPlain;

    public BgpAdvertisement(IReadOnlyList<Resource> resources, BgpConfiguration configuration)
    {
        _configuration = configuration;
        _pools.AddRange(resources.OfType<IPPool>().OrderBy(pool => pool.Cidr.ToString(), System.StringComparer.Ordinal));
        _felix = [.. resources.OfType<FelixConfiguration>()];
        _services.AddRange(resources.OfType<Service>());
        _slices.AddRange(resources.OfType<EndpointSlice>());
        _pods = [.. resources.OfType<Pod>().Where(pod => !pod.HostNetwork && !pod.IsFinished)];
        _slices.AddRange(_services
            .Where(service => _slices.TrueForAll(slice => slice.Namespace != service.Namespace || slice.ServiceName != service.Name))
            .Select(service => ServiceEndpoints.SliceOf(service, _pods)).OfType<EndpointSlice>().ToArray());
        (_birdProgramsTunnels, _birdProgramsPlain) = configuration.ProgramClusterRoutes switch
        {
            BirdRouteProgramming.Disabled => (false, false),
            BirdRouteProgramming.Enabled => (true, true),
            BirdRouteProgramming.EnabledIpipOnly => (true, false),
            BirdRouteProgramming.EnabledNoEncapOnly => (false, true),
            _ => resources.OfType<FelixConfiguration>().FirstOrDefault(felix => felix.Name == "default")?.ProgramClusterRoutes switch
            {
                ClusterRouteProgramming.EnabledIpipOnly => (false, true),
                ClusterRouteProgramming.Enabled => (false, false),
                _ => (true, true),
            },
        };
        foreach (BlockAffinity affinity in resources.OfType<BlockAffinity>())
        {
            if (affinity.State != BlockAffinityState.Confirmed)
            {
                continue;
            }

            if (!_blocks.TryGetValue(affinity.Node, out List<InternetPrefix>? blocks))
            {
                blocks = [];
                _blocks.Add(affinity.Node, blocks);
            }

            blocks.Add(affinity.Cidr);
        }
    }

    public static IReadOnlyList<KeyValuePair<InternetPrefix, IReadOnlyList<string>>> CommunitiesOf(BgpConfiguration configuration)
    {
        Dictionary<string, string> named = [];
        foreach (NamedCommunity community in configuration.Communities)
        {
            named.TryAdd(community.Name, community.Value);
        }

        return
        [
            .. configuration.PrefixAdvertisements.Select(advertisement => KeyValuePair.Create(
                advertisement.Cidr,
                (IReadOnlyList<string>)
                [
                    .. advertisement.Communities.Select(value => named.GetValueOrDefault(value, value)).Distinct()
                        .Order(System.StringComparer.Ordinal),
                ])),
        ];
    }

    public IReadOnlyList<InternetPrefix> OriginatedBy(string node, LabelSet labels)
    {
        SortedSet<InternetPrefix> prefixes = [.. BlocksOf(node), .. ForeignAddressesOf(node)];
        if (labels[ExcludeLabel] is not null)
        {
            return [.. prefixes];
        }

        prefixes.UnionWith(_configuration.ServiceClusterIPs);
        prefixes.UnionWith(_configuration.ServiceExternalIPs);
        if (_configuration.ServiceLoadBalancerAggregation)
        {
            prefixes.UnionWith(_configuration.ServiceLoadBalancerIPs);
        }

        foreach (Service service in _services)
        {
            prefixes.UnionWith(AddressesOf(service, node).Select(InternetPrefix.Host));
        }

        return [.. prefixes];
    }

    /// <summary>
    /// The built-in export rules: nothing that leads through a workload or tunnel device goes to internal peers; own
    /// blocks go as a whole, nothing inside them; then pools and service ranges.
    /// </summary>
    public IEnumerable<BgpFilterRule> ExportRules(string node, BgpPeering peering)
    {
        AddressFamily family = peering.PeerAddress.Family;
        foreach (IPPool pool in _pools.Where(pool => pool.Cidr.Family == family && !pool.Disabled && pool.DisableBgpExport))
        {
            yield return Rule(false, PrefixMatchOperator.In, pool.Cidr);
        }

        if (!peering.IsExternal)
        {
            foreach (string device in new[] { "tunl*", "vxlan.calico*", "wireguard.cali*" })
            {
                yield return new BgpFilterRule(false) { Interface = device };
            }
        }

        foreach (InternetPrefix block in BlocksOf(node).Where(block => block.Family == family))
        {
            yield return Rule(true, PrefixMatchOperator.Equal, block);
            yield return Rule(false, PrefixMatchOperator.In, block);
        }

        foreach (IPPool pool in _pools.Where(pool => pool.Cidr.Family == family && !pool.Disabled && !pool.DisableBgpExport))
        {
            yield return Rule(true, PrefixMatchOperator.In, pool.Cidr);
        }

        foreach (InternetPrefix cidr in ServiceCidrs().Where(cidr => cidr.Family == family))
        {
            yield return Rule(true, PrefixMatchOperator.In, cidr);
        }
    }

    /// <summary>
    /// VXLAN pools are Felix's; IPIP pools are BIRD's with krt_tunnel unless Felix has been told to program them.
    /// </summary>
    public IReadOnlyList<KernelRouteRule> KernelRules() =>
    [
        .. _pools.Where(pool => !pool.Disabled).Select(pool => new KernelRouteRule(pool.Cidr, (pool.VxlanMode, pool.IpipMode) switch
        {
            (not EncapsulationMode.Never, _) => KernelRouteAction.Leave,
            (_, EncapsulationMode.Never) => _birdProgramsPlain ? KernelRouteAction.Program : KernelRouteAction.Leave,
            _ when !_birdProgramsTunnels => KernelRouteAction.Leave,
            (_, EncapsulationMode.Always) => KernelRouteAction.Tunnel,
            _ => KernelRouteAction.TunnelAcrossSubnets,
        })),
    ];

    public IReadOnlyList<IPPool> Pools => _pools;

    /// <summary>Felix programs the routes through the IPIP device: they are not BIRD's to announce.</summary>
    public bool BirdProgramsTunnels => _birdProgramsTunnels;

    /// <summary>The ranges of Services that a node announces whole; none for one that takes no part.</summary>
    public IReadOnlyList<InternetPrefix> ServiceRangesOf(LabelSet labels) => labels[ExcludeLabel] is not null ? [] :
    [
        .. _configuration.ServiceClusterIPs, .. _configuration.ServiceExternalIPs,
        .. _configuration.ServiceLoadBalancerAggregation ? _configuration.ServiceLoadBalancerIPs : [],
    ];

    public IReadOnlyList<InternetPrefix> BlocksOf(string node) => _blocks.TryGetValue(node, out List<InternetPrefix>? blocks) ? blocks : [];

    /// <summary>
    /// The /32s of workloads whose addresses lie outside the node's own blocks (borrowed, fixed or floating ones): BIRD learns
    /// them from the kernel, and the aggregation of own blocks lets them pass.
    /// </summary>
    public IEnumerable<InternetPrefix> ForeignAddressesOf(string node) => _pods
        .Where(pod => pod.NodeName == node)
        .SelectMany(pod => HasFloatingAddresses(node)
            ? pod.Addresses.Concat(WorkloadEndpoints.FloatingAddressesOf(pod).Select(pair => pair.External))
            : pod.Addresses)
        .Where(address => !BlocksOf(node).Any(block => block.Contains(address)))
        .Select(InternetPrefix.Host);

    private bool HasFloatingAddresses(string node) =>
        Array.Exists(_felix, felix => felix.FloatingIPs) && FelixConfiguration.InForce(_felix, node).FloatingIPs;

    private IEnumerable<InternetPrefix> ServiceCidrs() =>
        _configuration.ServiceClusterIPs.Concat(_configuration.ServiceExternalIPs).Concat(_configuration.ServiceLoadBalancerIPs);

    /// <summary>
    /// The addresses that a node announces singly: those of a Local service that has a ready endpoint on the node, and
    /// load balancer addresses if they are not aggregated.
    /// </summary>
    private IEnumerable<InternetAddress> AddressesOf(Service service, string node)
    {
        bool isLocal = service.ExternalTrafficLocal && HasLocalEndpoint(service, node);
        bool isSingle = !_configuration.ServiceLoadBalancerAggregation && !service.ExternalTrafficLocal;
        IEnumerable<InternetAddress> local = isLocal
            ? service.ClusterIPs.Where(address => Inside(_configuration.ServiceClusterIPs, address))
                .Concat(service.ExternalIPs.Where(address => Inside(_configuration.ServiceExternalIPs, address)))
            : [];
        return local.Concat(isLocal || isSingle
            ? service.LoadBalancerIPs.Where(address => Inside(_configuration.ServiceLoadBalancerIPs, address))
            : []);
    }

    private bool HasLocalEndpoint(Service service, string node) => _slices.Exists(slice =>
        slice.Namespace == service.Namespace
        && slice.ServiceName == service.Name
        && slice.Endpoints.Any(endpoint => endpoint.IsReady && endpoint.NodeName == node));

    private static bool Inside(IReadOnlyList<InternetPrefix> cidrs, InternetAddress address) =>
        cidrs.Any(cidr => cidr.Contains(address));

    private static BgpFilterRule Rule(bool accept, PrefixMatchOperator match, InternetPrefix cidr) =>
        new(accept) { MatchOperator = match, Cidr = cidr };
}
