using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Workloads;
using Netemu.Core.Addresses;

namespace Netemu.Felix.Rendering;

/// <summary>Renders the chains that do not depend on endpoints and policies (felix/rules/static.go).</summary>
internal sealed class StaticRenderer(AddressFamily family, FelixConfiguration configuration)
{
    private const string WorkloadDevices = WorkloadInterface.Prefix + "+";

    private static readonly IPProtocol _ipip = new(4);

    private RuleTarget Accept => configuration.FilterAllowReturns ? RuleTarget.Return : RuleTarget.Accept;

    private static RuleMatch Accepted => new() { Mark = MarkMatch.Set(FilterMarks.Accept) };

    /// <summary>The rules that lead from a built-in chain of a table to Felix's, in front of all others (or behind them).</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<ChainRule>>> Hooks(NetfilterTable table) => table switch
    {
        NetfilterTable.Filter =>
        [
            Hook("FORWARD", ChainNames.Forward),
            Hook("INPUT", ChainNames.Input),
            Hook("OUTPUT", ChainNames.Output),
        ],
        NetfilterTable.Raw => [Hook("PREROUTING", ChainNames.Prerouting), Hook("OUTPUT", ChainNames.Output)],
        NetfilterTable.Mangle => [Hook("PREROUTING", ChainNames.Prerouting), Hook("POSTROUTING", ChainNames.Postrouting)],
        _ =>
        [
            Hook("PREROUTING", ChainNames.Prerouting),
            Hook("OUTPUT", ChainNames.Output),
            Hook("POSTROUTING", ChainNames.Postrouting),
        ],
    };

    /// <summary>Rules at the end of a built-in chain: FORWARD accepts what carries the accept mark.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<ChainRule>>> Appended(NetfilterTable table) =>
        table != NetfilterTable.Filter ? [] :
        [
            KeyValuePair.Create<string, IReadOnlyList<ChainRule>>("FORWARD",
            [
                new ChainRule(Accepted, Accept, "Policy explicitly accepted packet."),
                new ChainRule(RuleMatch.Any, RuleTarget.SetMark(FilterMarks.Accept)),
            ]),
        ];

    public IReadOnlyList<Chain> Filter() =>
    [
        new Chain(ChainNames.Forward,
        [
            Do(RuleTarget.ClearMark(FilterMarks.Pass | FilterMarks.Scratch0 | FilterMarks.Scratch1)),
            When(new RuleMatch { Mark = MarkMatch.Clear(FilterMarks.Accept) }, RuleTarget.Jump(ChainNames.FromHostForward)),
            When(new RuleMatch { InInterface = WorkloadDevices }, RuleTarget.Jump(ChainNames.FromWorkloadDispatch)),
            When(new RuleMatch { OutInterface = WorkloadDevices }, RuleTarget.Jump(ChainNames.ToWorkloadDispatch)),
            Do(RuleTarget.Jump(ChainNames.ToHostForward)),
            Do(RuleTarget.Jump(ChainNames.CidrBlock)),
        ]),
        new Chain(ChainNames.Input,
        [
            .. TunnelInput(),
            When(new RuleMatch { InInterface = WorkloadDevices }, RuleTarget.Goto(ChainNames.WorkloadToHost)),
            When(Accepted, Accept),
            Do(RuleTarget.ClearMark(FilterMarks.All)),
            Do(RuleTarget.Jump(ChainNames.FromHostEndpoint)),
            new ChainRule(Accepted, Accept, "Host endpoint policy accepted packet."),
        ]),
        new Chain(ChainNames.Output,
        [
            When(Accepted, Accept),
            When(new RuleMatch { OutInterface = WorkloadDevices }, RuleTarget.Return),
            .. TunnelOutput(),
            Do(RuleTarget.ClearMark(FilterMarks.All)),
            When(
                new RuleMatch { States = ConntrackStates.Dnat, IsStatesNegated = true },
                RuleTarget.Jump(ChainNames.ToHostEndpoint)),
            new ChainRule(Accepted, Accept, "Host endpoint policy accepted packet."),
        ]),
        new Chain(ChainNames.WorkloadToHost,
        [
            .. NeighbourDiscovery(),
            Do(RuleTarget.Jump(ChainNames.FromWorkloadDispatch)),
            new ChainRule(RuleMatch.Any, ToHostTarget(), "Configured DefaultEndpointToHostAction"),
        ]),
        Failsafe(ChainNames.FailsafeIn, configuration.FailsafeInbound, isInbound: true, NetfilterTable.Filter),
        Failsafe(ChainNames.FailsafeOut, configuration.FailsafeOutbound, isInbound: false, NetfilterTable.Filter),
    ];

    /// <summary>
    /// What is addressed to a range of Services and was not DNAT-ed is for a Service that does not exist: forwarded, it would
    /// go round between this node and the router that the range is announced to (felix/dataplane/linux/service_loop_mgr.go).
    /// </summary>
    public Chain CidrBlock(IEnumerable<InternetPrefix> serviceRanges) => new(ChainNames.CidrBlock,
    [
        .. serviceRanges
            .Where(range => range.Family == family && configuration.ServiceLoopPrevention != ServiceLoopPrevention.Disabled)
            .Distinct().OrderBy(range => range.ToString(), System.StringComparer.Ordinal)
            .Select(range => When(
                new RuleMatch { Nets = [new NetMatch(range, IsSource: false)] },
                configuration.ServiceLoopPrevention == ServiceLoopPrevention.Reject ? RuleTarget.Reject : RuleTarget.Drop)),
    ]);

    /// <summary>Further sources that workloads may send from: no reverse path is asked for (workloadSourceSpoofing Any).</summary>
    public Chain ReversePathSkip(IEnumerable<WorkloadEndpoint> workloads) => new(ChainNames.ReversePathSkip,
    [
        .. workloads.Where(_ => configuration.WorkloadSourceSpoofing)
            .SelectMany(workload => workload.AllowSpoofedSourcePrefixes.Where(prefix => prefix.Family == family)
                .Select(prefix => When(
                    new RuleMatch { InInterface = workload.InterfaceName, Nets = [new NetMatch(prefix, IsSource: true)] }, RuleTarget.Accept))),
    ]);

    public IReadOnlyList<Chain> Raw() =>
    [
        new Chain(ChainNames.Prerouting,
        [
            Do(RuleTarget.ClearMark(FilterMarks.All)),
            .. VxlanNoTrack(),
            When(new RuleMatch { InInterface = WorkloadDevices }, RuleTarget.SetMark(FilterMarks.Scratch0)),
            When(new RuleMatch { Mark = MarkMatch.Set(FilterMarks.Scratch0) }, RuleTarget.Jump(ChainNames.ReversePathSkip)),
            When(
                new RuleMatch { Mark = MarkMatch.Set(FilterMarks.Scratch0), FailsReversePath = true }, RuleTarget.Drop),
            When(new RuleMatch { Mark = MarkMatch.Clear(FilterMarks.Scratch0) }, RuleTarget.Jump(ChainNames.FromHostEndpoint)),
            When(Accepted, RuleTarget.Accept),
        ]),
        new Chain(ChainNames.Output,
        [
            Do(RuleTarget.ClearMark(FilterMarks.All)),
            .. VxlanNoTrack(),
            Do(RuleTarget.Jump(ChainNames.ToHostEndpoint)),
            When(Accepted, RuleTarget.Accept),
        ]),
        Failsafe(ChainNames.FailsafeIn, configuration.FailsafeInbound, isInbound: true, NetfilterTable.Raw),
        Failsafe(ChainNames.FailsafeOut, configuration.FailsafeOutbound, isInbound: false, NetfilterTable.Raw),
    ];

    public IReadOnlyList<Chain> Mangle() =>
    [
        new Chain(ChainNames.Prerouting,
        [
            When(new RuleMatch { States = ConntrackStates.Established | ConntrackStates.Related }, RuleTarget.Accept),
            When(Accepted, RuleTarget.Accept),
            Do(RuleTarget.Jump(ChainNames.FromHostEndpoint)),
            new ChainRule(Accepted, RuleTarget.Accept, "Host endpoint policy accepted packet."),
        ]),
        new Chain(ChainNames.Postrouting,
        [
            When(Accepted, RuleTarget.Return),
            Do(RuleTarget.ClearMark(FilterMarks.All)),
            When(new RuleMatch { States = ConntrackStates.Dnat }, RuleTarget.Jump(ChainNames.ToHostEndpoint)),
            new ChainRule(Accepted, RuleTarget.Return, "Host endpoint policy accepted packet."),
        ]),
        Failsafe(ChainNames.FailsafeIn, configuration.FailsafeInbound, isInbound: true, NetfilterTable.Mangle),
        Failsafe(ChainNames.FailsafeOut, configuration.FailsafeOutbound, isInbound: false, NetfilterTable.Mangle),
    ];

    /// <summary>nat, with the floating addresses of local workloads.</summary>
    public IReadOnlyList<Chain> Nat(IReadOnlyList<(InternetAddress External, InternetAddress Internal)> floating)
    {
        (InternetAddress External, InternetAddress Internal)[] pairs =
            [.. floating.Where(pair => configuration.FloatingIPs && pair.External.Family == family).Order()];
        return
        [
            new Chain(ChainNames.Prerouting, [Do(RuleTarget.Jump(ChainNames.FloatingDnat))]),
            new Chain(ChainNames.Output, [Do(RuleTarget.Jump(ChainNames.FloatingDnat))]),
            new Chain(ChainNames.Postrouting,
            [
                Do(RuleTarget.Jump(ChainNames.FloatingSnat)),
                Do(RuleTarget.Jump(ChainNames.NatOutgoing)),
                .. TunnelMasquerade(),
            ]),
            new Chain(ChainNames.FloatingDnat, [.. pairs.Select(pair => Translate(pair.External, false, RuleTarget.Dnat(pair.Internal)))]),
            new Chain(ChainNames.FloatingSnat,
            [
                .. pairs.Select(pair => Translate(pair.Internal, true, RuleTarget.Snat(pair.External)) is var rule
                    ? rule with
                    {
                        Match = rule.Match with
                        {
                            Nets = [.. rule.Match.Nets, new NetMatch(InternetPrefix.Host(pair.Internal), IsSource: false)],
                        },
                    }
                    : rule),
            ]),
            new Chain(ChainNames.NatOutgoing,
            [
                new ChainRule(
                    new RuleMatch
                    {
                        Sets =
                        [
                            new SetMatch(IPSetNames.Of(IPSetNames.MasqueradePools, family), SetDirection.Source),
                            new SetMatch(IPSetNames.Of(IPSetNames.AllPools, family), SetDirection.Destination, true),
                            .. configuration.NatOutgoingExcludesHosts
                                ? [new SetMatch(IPSetNames.Of(IPSetNames.AllHosts, family), SetDirection.Destination, true)]
                                : System.Array.Empty<SetMatch>(),
                        ],
                    },
                    RuleTarget.Masquerade),
            ]),
        ];
    }

    private RuleTarget ToHostTarget() => configuration.DefaultEndpointToHostAction switch
    {
        EndpointToHostAction.Accept => RuleTarget.Accept,
        EndpointToHostAction.Return => RuleTarget.Return,
        _ => RuleRenderer.DenyTarget(configuration),
    };

    /// <summary>
    /// An IPv6 workload finds its router, which is this host, before any policy (felix/rules/static.go, ICMPv6Filter):
    /// listener queries, reports and dones, router solicitations, neighbour solicitations and advertisements.
    /// </summary>
    private IEnumerable<ChainRule> NeighbourDiscovery()
    {
        foreach (byte type in family == AddressFamily.IPv6 ? new byte[] { 130, 131, 132, 133, 135, 136 } : [])
        {
            yield return When(new RuleMatch { Protocol = IPProtocol.IcmpV6, Icmp = new IcmpMatch(type, null) }, Accept);
        }
    }

    private IEnumerable<ChainRule> TunnelInput()
    {
        if (family == AddressFamily.IPv4)
        {
            SetMatch hosts = new(IPSetNames.Of(IPSetNames.AllHosts, family), SetDirection.Source);
            yield return new ChainRule(
                new RuleMatch { Protocol = _ipip, Sets = [hosts], IsDestinationLocal = true },
                Accept,
                "Allow IPIP packets from Calico hosts");
            yield return new ChainRule(
                new RuleMatch { Protocol = _ipip }, RuleTarget.Drop, "Drop IPIP packets from non-Calico hosts");
        }

        SetMatch vteps = new(IPSetNames.Of(IPSetNames.AllVxlanHosts, family), SetDirection.Source);
        yield return new ChainRule(
            VxlanMatch() with { Sets = [vteps], IsDestinationLocal = true },
            Accept,
            "Allow IPv4 VXLAN packets from allowed hosts");
        yield return new ChainRule(
            VxlanMatch() with { IsDestinationLocal = true }, RuleTarget.Drop, "Drop IPv4 VXLAN packets from non-allowed hosts");
    }

    private IEnumerable<ChainRule> TunnelOutput()
    {
        if (family == AddressFamily.IPv4)
        {
            SetMatch hosts = new(IPSetNames.Of(IPSetNames.AllHosts, family), SetDirection.Destination);
            yield return new ChainRule(
                new RuleMatch { Protocol = _ipip, Sets = [hosts] }, Accept, "Allow IPIP packets to other Calico hosts");
        }

        SetMatch vteps = new(IPSetNames.Of(IPSetNames.AllVxlanHosts, family), SetDirection.Destination);
        yield return new ChainRule(VxlanMatch() with { Sets = [vteps] }, Accept, "Allow IPv4 VXLAN packets to other allowed hosts");
    }

    private IEnumerable<ChainRule> VxlanNoTrack()
    {
        yield return When(VxlanMatch(), RuleTarget.NoTrack);
    }

    private RuleMatch VxlanMatch() => new()
    {
        Protocol = IPProtocol.Udp,
        Ports = [new PortsMatch([new PortMatch(configuration.VxlanPort, configuration.VxlanPort)], IsSource: false)],
    };

    /// <summary>
    /// The host's own packets into a tunnel get the tunnel's address, so that answers take the tunnel as well; a workload's
    /// keep theirs, which the policy at the other end asks for.
    /// </summary>
    private IEnumerable<ChainRule> TunnelMasquerade()
    {
        foreach (string device in family == AddressFamily.IPv4 ? new[] { "tunl0", "vxlan.calico" } : ["vxlan-v6.calico"])
        {
            yield return When(new RuleMatch { OutInterface = device, IsSourceLocal = true, IsSourceForeignToOutDevice = true }, RuleTarget.Masquerade);
        }
    }

    /// <summary>
    /// Failsafe ports are accepted at once. Before connection tracking the answers of the opposite direction must be let
    /// through as well, by their source ports.
    /// </summary>
    private Chain Failsafe(string name, IReadOnlyList<FailsafePort> ports, bool isInbound, NetfilterTable table)
    {
        List<ChainRule> rules = [.. Ports(ports, isInbound, isSource: false)];
        if (table == NetfilterTable.Raw)
        {
            rules.AddRange(Ports(isInbound ? configuration.FailsafeOutbound : configuration.FailsafeInbound, isInbound, isSource: true));
        }

        return new Chain(name, rules);

        IEnumerable<ChainRule> Ports(IReadOnlyList<FailsafePort> list, bool inbound, bool isSource) => list
            .Where(failsafe => failsafe.Net is not { } net || net.Family == family)
            .Select(failsafe => When(
                new RuleMatch
                {
                    Protocol = failsafe.Protocol,
                    Nets = failsafe.Net is { } net ? [new NetMatch(net, IsSource: inbound)] : [],
                    Ports = [new PortsMatch([new PortMatch(failsafe.Port, failsafe.Port)], isSource)],
                },
                table == NetfilterTable.Filter ? Accept : RuleTarget.Accept));
    }

    private static KeyValuePair<string, IReadOnlyList<ChainRule>> Hook(string builtIn, string chain) =>
        KeyValuePair.Create<string, IReadOnlyList<ChainRule>>(builtIn, [Do(RuleTarget.Jump(chain))]);

    private static ChainRule Translate(InternetAddress address, bool isSource, RuleTarget target) =>
        When(new RuleMatch { Nets = [new NetMatch(InternetPrefix.Host(address), isSource)] }, target);

    private static ChainRule Do(RuleTarget target) => new(RuleMatch.Any, target);

    private static ChainRule When(RuleMatch match, RuleTarget target) => new(match, target);
}
