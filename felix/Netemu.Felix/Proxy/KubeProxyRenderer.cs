using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Proxy;

/// <summary>
/// Renders Services as kube-proxy's iptables mode does:
/// <code>
///   nat PREROUTING, OUTPUT --&gt; KUBE-SERVICES --&gt; KUBE-SVC-x --(1/n)--&gt; KUBE-SEP-y --&gt; DNAT
///                                   |   ^ external addresses, node ports: KUBE-EXT-x --&gt; KUBE-SVC-x or KUBE-SVL-x
///   nat POSTROUTING --&gt; KUBE-POSTROUTING: masquerade what KUBE-MARK-MASQ has marked (0x4000)
///   filter: a port without endpoints is rejected, one without local endpoints dropped, and what KUBE-FW-x did not take
///           (loadBalancerSourceRanges) by KUBE-PROXY-FIREWALL
/// </code>
/// A pure function of Services, EndpointSlices and the node's name.
/// </summary>
public sealed class KubeProxyRenderer(string node, AddressFamily family, InternetPrefix? clusterCidr)
{
    /// <summary>kube-proxy's masquerade bit (--iptables-masquerade-bit 14).</summary>
    private const uint MasqueradeMark = 0x4000;

    /// <summary>xt_statistic compares 31 random bits.</summary>
    private const long RandomRange = 1L << 31;

    private readonly List<Chain> _serviceChains = [];
    private readonly List<ChainRule> _services = [];
    private readonly List<ChainRule> _nodePorts = [];
    private readonly List<ChainRule> _rejected = [];
    private readonly List<ChainRule> _externalRejected = [];
    private readonly List<ChainRule> _firewalled = [];

    public IReadOnlyList<ProxyChains> Render(IEnumerable<Service> services, IEnumerable<EndpointSlice> slices)
    {
        _serviceChains.Clear();
        _services.Clear();
        _nodePorts.Clear();
        _rejected.Clear();
        _externalRejected.Clear();
        _firewalled.Clear();
        EndpointSlice[] known = [.. slices.OrderBy(slice => slice.Key)];
        foreach (Service service in services.OrderBy(service => service.Key))
        {
            if (service.IsHeadless || service.Type == ServiceType.ExternalName)
            {
                continue;
            }

            foreach (ServicePort port in service.Ports)
            {
                RenderPort(service, port, EndpointsOf(service, port, known));
            }
        }

        return [Nat(), Filter()];
    }

    private List<ProxyEndpoint> EndpointsOf(Service service, ServicePort port, EndpointSlice[] slices)
    {
        SortedDictionary<(InternetAddress, ushort), ProxyEndpoint> endpoints = [];
        foreach (EndpointSlice slice in slices)
        {
            if (slice.ServiceName != service.Name || slice.Namespace != service.Namespace)
            {
                continue;
            }

            foreach (NamedPort target in slice.Ports.Where(target => target.Name == port.Name && target.Protocol == port.Protocol))
            {
                foreach (ServiceEndpoint endpoint in slice.Endpoints.Where(endpoint => endpoint.IsReady))
                {
                    foreach (InternetAddress address in endpoint.Addresses.Where(address => address.Family == family))
                    {
                        endpoints[(address, target.Port)] = new ProxyEndpoint(address, target.Port, endpoint.NodeName == node);
                    }
                }
            }
        }

        return [.. endpoints.Values];
    }

    private void RenderPort(Service service, ServicePort port, List<ProxyEndpoint> endpoints)
    {
        string name = ProxyNames.PortName(service, port);
        string all = ProxyNames.Service(name, port.Protocol);
        string local = ProxyNames.Local(name, port.Protocol);
        string external = ProxyNames.External(name, port.Protocol);
        List<ProxyEndpoint> locals = endpoints.FindAll(endpoint => endpoint.IsLocal);
        InternetAddress[] clusterIPs = [.. service.ClusterIPs.Where(address => address.Family == family)];
        InternetAddress[] balanced = [.. service.LoadBalancerIPs.Where(address => address.Family == family)];
        InternetAddress[] externals = [.. service.ExternalIPs.Where(address => address.Family == family), .. balanced];
        string firewall = ProxyNames.LoadBalancer(name, port.Protocol);
        bool isGuarded = service.LoadBalancerSourceRanges.Count > 0 && balanced.Length > 0 && endpoints.Count > 0;
        bool hasExternal = externals.Length > 0 || port.NodePort > 0;

        // Cluster addresses.
        List<ProxyEndpoint> internalEndpoints = service.InternalTrafficLocal ? locals : endpoints;
        foreach (InternetAddress address in clusterIPs)
        {
            if (endpoints.Count == 0)
            {
                _rejected.Add(new ChainRule(To(address, port), RuleTarget.Reject, $"{name} has no endpoints"));
            }
            else if (internalEndpoints.Count == 0)
            {
                _rejected.Add(new ChainRule(To(address, port), RuleTarget.Drop, $"{name} has no local endpoints"));
            }
            else
            {
                _services.Add(new ChainRule(
                    To(address, port), RuleTarget.Jump(service.InternalTrafficLocal ? local : all), $"{name} cluster IP"));
            }
        }

        // What comes from outside.
        bool isDropped = service.ExternalTrafficLocal && locals.Count == 0;
        RuleTarget refused = endpoints.Count == 0 ? RuleTarget.Reject : RuleTarget.Drop;
        string why = endpoints.Count == 0 ? $"{name} has no endpoints" : $"{name} has no local endpoints";
        foreach (InternetAddress address in externals)
        {
            if (endpoints.Count > 0)
            {
                bool isBalanced = balanced.Contains(address);
                _services.Add(new ChainRule(
                    To(address, port),
                    RuleTarget.Jump(isGuarded && isBalanced ? firewall : external),
                    isBalanced ? $"{name} loadbalancer IP" : $"{name} external IP"));
                if (isGuarded && isBalanced)
                {
                    _firewalled.Add(new ChainRule(To(address, port), RuleTarget.Drop, $"{name} traffic not accepted by {firewall}"));
                }
            }

            if (endpoints.Count == 0 || isDropped)
            {
                _externalRejected.Add(new ChainRule(To(address, port), refused, why));
            }
        }

        if (port.NodePort > 0)
        {
            RuleMatch match = new() { Protocol = port.Protocol, Ports = [Destination(port.NodePort)] };
            if (endpoints.Count > 0)
            {
                _nodePorts.Add(new ChainRule(match, RuleTarget.Jump(external), name));
            }

            if (endpoints.Count == 0 || isDropped)
            {
                _externalRejected.Add(new ChainRule(match with { IsDestinationLocal = true }, refused, why));
            }
        }

        if (endpoints.Count == 0)
        {
            return;
        }

        if (hasExternal)
        {
            _serviceChains.Add(External(service, external, all, local, locals.Count > 0));
        }

        if (isGuarded)
        {
            _serviceChains.Add(new Chain(firewall,
            [
                .. service.LoadBalancerSourceRanges.Where(range => range.Family == family).Select(range => new ChainRule(
                    new RuleMatch { Nets = [new NetMatch(range, IsSource: true)] }, RuleTarget.Jump(external), $"{name} loadbalancer IP")),
            ]));
        }

        bool needsLocal = locals.Count > 0 && (service.InternalTrafficLocal || (service.ExternalTrafficLocal && hasExternal));
        _serviceChains.Add(new Chain(all, [.. MasqueradeOutsiders(clusterIPs, port), .. Choose(service, port, name, endpoints)]));
        if (needsLocal)
        {
            _serviceChains.Add(new Chain(local, [.. Choose(service, port, name, locals)]));
        }

        _serviceChains.AddRange(endpoints.Select(endpoint => Endpoint(service, port, name, endpoint)));
    }

    /// <summary>
    /// Cluster: any endpoint, with the source hidden, so that answers come back this way. Local: endpoints on this node
    /// only, source kept; pods and the node itself take the short cut to any endpoint.
    /// </summary>
    private Chain External(Service service, string name, string all, string local, bool hasLocal)
    {
        List<ChainRule> rules = [];
        if (!service.ExternalTrafficLocal)
        {
            rules.Add(Do(RuleTarget.Jump(ProxyNames.MarkMasquerade)));
            rules.Add(Do(RuleTarget.Jump(all)));
            return new Chain(name, rules);
        }

        if (clusterCidr is { } pods)
        {
            rules.Add(new ChainRule(
                new RuleMatch { Nets = [new NetMatch(pods, IsSource: true)] }, RuleTarget.Jump(all), "pod traffic"));
        }

        RuleMatch fromNode = new() { IsSourceLocal = true };
        rules.Add(new ChainRule(fromNode, RuleTarget.Jump(ProxyNames.MarkMasquerade), "masquerade LOCAL traffic"));
        rules.Add(new ChainRule(fromNode, RuleTarget.Jump(all), "route LOCAL traffic"));
        if (hasLocal)
        {
            rules.Add(Do(RuleTarget.Jump(local)));
        }

        return new Chain(name, rules);
    }

    private IEnumerable<ChainRule> MasqueradeOutsiders(InternetAddress[] clusterIPs, ServicePort port)
    {
        if (clusterCidr is not { } pods)
        {
            yield break;
        }

        foreach (InternetAddress address in clusterIPs)
        {
            RuleMatch match = To(address, port);
            yield return new ChainRule(
                match with { Nets = [new NetMatch(pods, IsSource: true, IsNegated: true), .. match.Nets] },
                RuleTarget.Jump(ProxyNames.MarkMasquerade));
        }
    }

    /// <summary>The client's last endpoint first, if it is to stay; then each endpoint with an equal chance.</summary>
    private static IEnumerable<ChainRule> Choose(Service service, ServicePort port, string name, List<ProxyEndpoint> endpoints)
    {
        if (service.ClientIPAffinity is { } affinity)
        {
            foreach (ProxyEndpoint endpoint in endpoints)
            {
                string chain = ProxyNames.Endpoint(name, port.Protocol, endpoint.ToString());
                RecentMatch recent = new(chain, affinity.Nanoseconds / 1_000_000_000);
                yield return new ChainRule(new RuleMatch { Recent = recent }, RuleTarget.Jump(chain), $"{name} -> {endpoint}");
            }
        }

        for (int i = 0; i < endpoints.Count; i++)
        {
            int left = endpoints.Count - i;
            string chain = ProxyNames.Endpoint(name, port.Protocol, endpoints[i].ToString());
            RuleMatch match = left == 1
                ? RuleMatch.Any
                : new RuleMatch { RandomThreshold = (uint)((RandomRange + (left / 2)) / left) };
            yield return new ChainRule(match, RuleTarget.Jump(chain), $"{name} -> {endpoints[i]}");
        }
    }

    /// <summary>A pod that reaches itself through its service is masqueraded (hairpin).</summary>
    private static Chain Endpoint(Service service, ServicePort port, string name, ProxyEndpoint endpoint)
    {
        string chain = ProxyNames.Endpoint(name, port.Protocol, endpoint.ToString());
        RuleTarget target = RuleTarget.Dnat(endpoint.Address) with
        {
            Port = endpoint.Port,
            RecentName = service.ClientIPAffinity is null ? null : chain,
        };
        return new Chain(chain,
        [
            new ChainRule(
                new RuleMatch { Nets = [new NetMatch(InternetPrefix.Host(endpoint.Address), IsSource: true)] },
                RuleTarget.Jump(ProxyNames.MarkMasquerade),
                name),
            new ChainRule(new RuleMatch { Protocol = port.Protocol }, target, name),
        ]);
    }

    private ProxyChains Nat() => new(
        NetfilterTable.Nat,
        [
            new Chain(ProxyNames.Services,
            [
                .. _services,
                new ChainRule(
                    new RuleMatch { IsDestinationLocal = true },
                    RuleTarget.Jump(ProxyNames.NodePorts),
                    "kubernetes service nodeports; NOTE: this must be the last rule in this chain"),
            ]),
            new Chain(ProxyNames.NodePorts, [.. _nodePorts]),
            new Chain(ProxyNames.MarkMasquerade, [Do(RuleTarget.SetMark(MasqueradeMark))]),
            new Chain(ProxyNames.Postrouting,
            [
                new ChainRule(new RuleMatch { Mark = MarkMatch.Clear(MasqueradeMark) }, RuleTarget.Return),
                Do(RuleTarget.ClearMark(MasqueradeMark)),
                new ChainRule(RuleMatch.Any, RuleTarget.Masquerade, "kubernetes service traffic requiring SNAT"),
            ]),
            .. _serviceChains,
        ],
        [
            Hook("PREROUTING", RuleMatch.Any, ProxyNames.Services),
            Hook("OUTPUT", RuleMatch.Any, ProxyNames.Services),
            Hook("POSTROUTING", RuleMatch.Any, ProxyNames.Postrouting),
        ]);

    private ProxyChains Filter()
    {
        RuleMatch isNew = new() { States = ConntrackStates.New };
        return new ProxyChains(
            NetfilterTable.Filter,
            [
                new Chain(ProxyNames.Services, [.. _rejected]),
                new Chain(ProxyNames.ExternalServices, [.. _externalRejected]),
                new Chain(ProxyNames.Firewall, [.. _firewalled]),
                new Chain(ProxyNames.Forward,
                [
                    new ChainRule(new RuleMatch { States = ConntrackStates.Invalid }, RuleTarget.Drop),
                    new ChainRule(
                        new RuleMatch { Mark = MarkMatch.Set(MasqueradeMark) }, RuleTarget.Accept, "kubernetes forwarding rules"),
                    new ChainRule(
                        new RuleMatch { States = ConntrackStates.Established | ConntrackStates.Related },
                        RuleTarget.Accept,
                        "kubernetes forwarding conntrack rule"),
                ]),
            ],
            [
                Hook("INPUT", isNew, ProxyNames.Firewall, ProxyNames.ExternalServices, ProxyNames.Services),
                new KeyValuePair<string, IReadOnlyList<ChainRule>>("FORWARD",
                [
                    new ChainRule(isNew, RuleTarget.Jump(ProxyNames.Firewall)),
                    Do(RuleTarget.Jump(ProxyNames.Forward)),
                    new ChainRule(isNew, RuleTarget.Jump(ProxyNames.Services)),
                    new ChainRule(isNew, RuleTarget.Jump(ProxyNames.ExternalServices)),
                ]),
                Hook("OUTPUT", isNew, ProxyNames.Firewall, ProxyNames.Services),
            ]);
    }

    private static KeyValuePair<string, IReadOnlyList<ChainRule>> Hook(string builtIn, RuleMatch match, params string[] chains) =>
        new(builtIn, [.. chains.Select(chain => new ChainRule(match, RuleTarget.Jump(chain)))]);

    private static RuleMatch To(InternetAddress address, ServicePort port) => new()
    {
        Protocol = port.Protocol,
        Nets = [new NetMatch(InternetPrefix.Host(address), IsSource: false)],
        Ports = [Destination(port.Port)],
    };

    private static PortsMatch Destination(ushort port) => new([new PortMatch(port, port)], IsSource: false);

    private static ChainRule Do(RuleTarget target) => new(RuleMatch.Any, target);
}
