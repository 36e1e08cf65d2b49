using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Rendering;

/// <summary>
/// Renders policy and profile rules as iptables rules (felix/rules/policy.go). A rule whose alternatives do not fit into one
/// match (several nets, more than 15 ports, named beside numeric ports) becomes blocks that compute their conjunction in
/// two scratch bits of the mark; the final rule then asks for the result.
/// </summary>
public sealed class RuleRenderer(AddressFamily family, FelixConfiguration configuration)
{
    /// <summary>The kernel's limit for multiport; a range counts two.</summary>
    private const int PortsPerMatch = 15;

    public IReadOnlyList<Chain> Render(ActivePolicyUpdate policy) =>
    [
        Render(ChainNames.Policy(policy.Policy, PolicyDirection.Ingress), policy.Ingress, policy.Policy, policy.Tier),
        Render(ChainNames.Policy(policy.Policy, PolicyDirection.Egress), policy.Egress, policy.Policy, policy.Tier),
    ];

    public IReadOnlyList<Chain> Render(ActiveProfileUpdate profile)
    {
        ResourceKey key = new(ResourceKind.Profile, profile.Profile);
        return
        [
            Render(ChainNames.Profile(profile.Profile, PolicyDirection.Ingress), profile.Ingress, key, null),
            Render(ChainNames.Profile(profile.Profile, PolicyDirection.Egress), profile.Egress, key, null),
        ];
    }

    private Chain Render(string name, IReadOnlyList<ActiveRule> rules, ResourceKey source, string? tier) =>
        new(name, [.. rules.SelectMany(rule => Render(rule, new RuleOrigin(source, rule.WrittenIndex, tier)))]);

    private IReadOnlyList<ChainRule> Render(ActiveRule rule, RuleOrigin origin)
    {
        if (!TryFilter(rule.Source, out EntityMatch source) || !TryFilter(rule.Destination, out EntityMatch destination)
            || (rule.IPVersion is { } version && version != family))
        {
            return [];
        }

        MatchBlocks blocks = new();
        source = TakeBlocks(source, true, rule.Protocol, blocks);
        destination = TakeBlocks(destination, false, rule.Protocol, blocks);
        source = TakeNegatedBlocks(source, true, blocks);
        destination = TakeNegatedBlocks(destination, false, blocks);
        RuleMatch match = new()
        {
            Protocol = rule.Protocol,
            NotProtocol = rule.NotProtocol,
            Icmp = rule.Icmp,
            NotIcmp = rule.NotIcmp,
            Nets = [.. Nets(source, true), .. Nets(destination, false)],
            Sets = [.. Sets(source, true), .. Sets(destination, false)],
            Ports = [.. Ports(source, true), .. Ports(destination, false)],
            Mark = blocks.IsUsed ? MarkMatch.Set(MatchBlocks.AllBlocks) : null,
        };
        return [.. blocks.Rules, .. Act(rule.Action, match, origin)];
    }

    private ChainRule[] Act(RuleAction action, RuleMatch match, RuleOrigin origin) => action switch
    {
        RuleAction.Allow => MarkAndReturn(match, FilterMarks.Accept, origin),
        RuleAction.Pass => MarkAndReturn(match, FilterMarks.Pass, origin),
        RuleAction.Log => [new ChainRule(match, RuleTarget.Log($"{configuration.LogPrefix}: ")) { Origin = origin }],
        _ => [new ChainRule(match, DenyTarget(configuration)) { Origin = origin }],
    };

    internal static RuleTarget DenyTarget(FelixConfiguration configuration) =>
        configuration.FilterDenyAction == RejectAction.Reject ? RuleTarget.Reject : RuleTarget.Drop;

    private static ChainRule[] MarkAndReturn(RuleMatch match, uint bit, RuleOrigin origin) =>
    [
        new ChainRule(match, RuleTarget.SetMark(bit)) { Origin = origin },
        new ChainRule(new RuleMatch { Mark = MarkMatch.Set(bit) }, RuleTarget.Return),
    ];

    /// <summary>
    /// Keeps the nets of this family; false if a list loses all that it had: then the rule says nothing about the family.
    /// </summary>
    private bool TryFilter(EntityMatch entity, out EntityMatch filtered)
    {
        InternetPrefix[] nets = [.. entity.Nets.Where(net => net.Family == family)];
        InternetPrefix[] notNets = [.. entity.NotNets.Where(net => net.Family == family)];
        filtered = entity with { Nets = nets, NotNets = notNets };
        return (nets.Length > 0 || entity.Nets.Count == 0) && (notNets.Length > 0 || entity.NotNets.Count == 0)
            && !Array.Exists(notNets, net => net.Length == 0);
    }

    private EntityMatch TakeBlocks(EntityMatch entity, bool isSource, IPProtocol? protocol, MatchBlocks blocks)
    {
        List<IReadOnlyList<PortMatch>> chunks = Chunks(entity.Ports);
        if (chunks.Count + entity.NamedPortSets.Count > 1)
        {
            blocks.AddAlternatives(
            [
                .. chunks.Select(chunk => new RuleMatch { Protocol = protocol, Ports = [new PortsMatch(chunk, isSource)] }),
                .. entity.NamedPortSets.Select(set => new RuleMatch { Protocol = protocol, Sets = [PortSet(set, isSource)] }),
            ]);
            entity = entity with { Ports = [], NamedPortSets = [] };
        }

        if (entity.Nets.Count > 1)
        {
            blocks.AddAlternatives([.. entity.Nets.Select(net => new RuleMatch { Nets = [new NetMatch(net, isSource)] })]);
            entity = entity with { Nets = [] };
        }

        return entity;
    }

    private static EntityMatch TakeNegatedBlocks(EntityMatch entity, bool isSource, MatchBlocks blocks)
    {
        if (entity.NotNets.Count <= 1)
        {
            return entity;
        }

        blocks.AddExceptions([.. entity.NotNets.Select(net => new RuleMatch { Nets = [new NetMatch(net, isSource)] })]);
        return entity with { NotNets = [] };
    }

    private static IEnumerable<NetMatch> Nets(EntityMatch entity, bool isSource) =>
        entity.Nets.Select(net => new NetMatch(net, isSource))
            .Concat(entity.NotNets.Select(net => new NetMatch(net, isSource, true)));

    private IEnumerable<SetMatch> Sets(EntityMatch entity, bool isSource)
    {
        SetDirection direction = isSource ? SetDirection.Source : SetDirection.Destination;
        return entity.IPSets.Select(set => new SetMatch(IPSetNames.Of(set, family), direction))
            .Concat(entity.NotIPSets.Select(set => new SetMatch(IPSetNames.Of(set, family), direction, true)))
            .Concat(entity.IPPortSets.Select(set => PortSet(set, isSource)))
            .Concat(entity.NamedPortSets.Select(set => PortSet(set, isSource)))
            .Concat(entity.NotNamedPortSets.Select(set => PortSet(set, isSource) with { IsNegated = true }));
    }

    private SetMatch PortSet(string set, bool isSource) => new(
        IPSetNames.Of(set, family), isSource ? SetDirection.SourceAndPort : SetDirection.DestinationAndPort);

    private static IEnumerable<PortsMatch> Ports(EntityMatch entity, bool isSource) =>
        Chunks(entity.Ports).Select(chunk => new PortsMatch(chunk, isSource))
            .Concat(Chunks(entity.NotPorts).Select(chunk => new PortsMatch(chunk, isSource, true)));

    /// <summary>Splits a list of ports so that each part fits into one multiport match.</summary>
    private static List<IReadOnlyList<PortMatch>> Chunks(IReadOnlyList<PortMatch> ports)
    {
        List<IReadOnlyList<PortMatch>> chunks = [];
        List<PortMatch> current = [];
        int used = 0;
        foreach (PortMatch port in ports)
        {
            int cost = port.First == port.Last ? 1 : 2;
            if (used + cost > PortsPerMatch)
            {
                chunks.Add(current);
                current = [];
                used = 0;
            }

            current.Add(port);
            used += cost;
        }

        if (current.Count > 0)
        {
            chunks.Add(current);
        }

        return chunks;
    }
}
