using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Netfilter.Sets;
using Netemu.Felix.Messages;
using Netemu.Felix.Rendering;
using CoreProtocol = Netemu.Core.Wire.IPProtocol;
using EngineChain = Netemu.Engine.Netfilter.Rules.Chain;
using EngineMatch = Netemu.Engine.Netfilter.Rules.RuleMatch;
using EngineTarget = Netemu.Engine.Netfilter.Rules.RuleTarget;

namespace Netemu.Felix.Dataplane;

/// <summary>Puts Felix's rendered rules and sets into the words of the netfilter engine, condition by condition.</summary>
internal static class NetfilterTranslation
{
    public static TableName TableOf(NetfilterTable table) => table switch
    {
        NetfilterTable.Raw => TableName.Raw,
        NetfilterTable.Mangle => TableName.Mangle,
        NetfilterTable.Nat => TableName.Nat,
        _ => TableName.Filter,
    };

    public static SetType TypeOf(IPSetType type) => type == IPSetType.IPAndPort ? SetType.HashIPPort : SetType.HashNet;

    public static SetMember MemberOf(IPSetMember member) => new(member.Net, (CoreProtocol)member.Protocol.Number, member.Port);

    public static EngineChain ChainOf(Rendering.Chain chain) =>
        chain.Written.Value ??= new EngineChain(chain.Name, [.. chain.Rules.Select(RuleOf)]);

    /// <summary>
    /// A rule's identity carries its counters, so each place gets a rule of its own, with the conditions of the first. The
    /// origin travels as the tag, so that a drop can name the policy.
    /// </summary>
    public static Rule RuleOf(ChainRule rule) => rule.Written.Value is { } first ? first with { } : rule.Written.Value = Translate(rule);

    private static Rule Translate(ChainRule rule)
    {
        List<EngineMatch> matches = [.. MatchesOf(rule.Match)];
        if (rule.Target.RecentName is { } noted)
        {
            matches.Add(new EngineMatch.Recent(noted, RecentAction.Set));
        }

        if (rule.Comment is not null)
        {
            matches.Add(new EngineMatch.Comment(rule.Comment));
        }

        return new Rule { Matches = [.. matches], Target = TargetOf(rule.Target), Tag = rule.Origin };
    }

    private static IEnumerable<EngineMatch> MatchesOf(Rendering.RuleMatch match)
    {
        if (match.InInterface is not null)
        {
            yield return new EngineMatch.Input(match.InInterface);
        }

        if (match.OutInterface is not null)
        {
            yield return new EngineMatch.Output(match.OutInterface);
        }

        if (match.Protocol is { } protocol)
        {
            yield return new EngineMatch.Protocol((CoreProtocol)protocol.Number);
        }

        if (match.NotProtocol is { } notProtocol)
        {
            yield return new EngineMatch.Protocol((CoreProtocol)notProtocol.Number, Negated: true);
        }

        foreach (NetMatch net in match.Nets)
        {
            yield return net.IsSource ? new EngineMatch.Source(net.Net, net.IsNegated) : new EngineMatch.Destination(net.Net, net.IsNegated);
        }

        foreach (SetMatch set in match.Sets)
        {
            yield return new EngineMatch.Set(set.Name, DirectionsOf(set.Direction), set.IsNegated);
        }

        foreach (PortsMatch ports in match.Ports)
        {
            yield return new EngineMatch.Multiport(
                ports.IsSource ? PortSide.Source : PortSide.Destination,
                [.. ports.Ports.Select(p => new PortRange(p.First, p.Last))],
                ports.IsNegated);
        }

        if (match.Icmp is { } icmp)
        {
            yield return new EngineMatch.Icmp(icmp.Type, icmp.Code);
        }

        if (match.NotIcmp is { } notIcmp)
        {
            yield return new EngineMatch.Icmp(notIcmp.Type, notIcmp.Code, Negated: true);
        }

        if (match.Mark is { } mark)
        {
            yield return new EngineMatch.Mark(mark.Value, mark.Mask, mark.IsNegated);
        }

        if (match.States != ConntrackStates.None)
        {
            yield return new EngineMatch.State(StatesOf(match.States), match.IsStatesNegated);
        }

        if (match.IsDestinationLocal)
        {
            yield return new EngineMatch.AddressType(DestinationTypes: AddressTypes.Local);
        }

        if (match.IsSourceLocal)
        {
            yield return new EngineMatch.AddressType(SourceTypes: AddressTypes.Local);
        }

        if (match.RandomThreshold is { } threshold)
        {
            yield return new EngineMatch.Chance(threshold);
        }

        if (match.Recent is { } recent)
        {
            yield return new EngineMatch.Recent(recent.Name, RecentAction.Check, recent.Seconds);
        }

        if (match.IsSourceForeignToOutDevice)
        {
            yield return new EngineMatch.AddressType(SourceTypes: AddressTypes.Local, SourceNegated: true, LimitToOutput: true);
        }

        if (match.FailsReversePath)
        {
            yield return new EngineMatch.ReversePath(ValidMark: true, Invert: true);
        }
    }

    private static EngineTarget TargetOf(Rendering.RuleTarget target) => target.Kind switch
    {
        TargetKind.Accept => new EngineTarget.Accept(),
        TargetKind.Drop => new EngineTarget.Drop(),
        TargetKind.Reject => new EngineTarget.Reject(),
        TargetKind.Return => new EngineTarget.Return(),
        TargetKind.Jump => new EngineTarget.Jump(target.Chain!),
        TargetKind.Goto => new EngineTarget.Goto(target.Chain!),
        TargetKind.Mark => new EngineTarget.Mark(target.MarkValue, target.MarkMask),
        TargetKind.Log => new EngineTarget.Log(target.LogPrefix ?? string.Empty, 5),
        TargetKind.NoTrack => new EngineTarget.NoTrack(),
        TargetKind.Masquerade => new EngineTarget.Masquerade(),
        TargetKind.Dnat when target.Port > 0 => new EngineTarget.Dnat(NatRange.To(target.Address ?? default, target.Port)),
        TargetKind.Dnat => new EngineTarget.Dnat(NatRange.To(target.Address ?? default)),
        _ => new EngineTarget.Snat(NatRange.To(target.Address ?? default)),
    };

    private static ImmutableArray<Engine.Netfilter.Rules.SetDirection> DirectionsOf(Rendering.SetDirection direction)
    {
        bool source = direction is Rendering.SetDirection.Source or Rendering.SetDirection.SourceAndPort;
        Engine.Netfilter.Rules.SetDirection side =
            source ? Engine.Netfilter.Rules.SetDirection.Source : Engine.Netfilter.Rules.SetDirection.Destination;
        return direction is Rendering.SetDirection.SourceAndPort or Rendering.SetDirection.DestinationAndPort ? [side, side] : [side];
    }

    private static ConnectionStates StatesOf(ConntrackStates states)
    {
        ConnectionStates result = ConnectionStates.None;
        result |= states.HasFlag(ConntrackStates.Invalid) ? ConnectionStates.Invalid : 0;
        result |= states.HasFlag(ConntrackStates.New) ? ConnectionStates.New : 0;
        result |= states.HasFlag(ConntrackStates.Established) ? ConnectionStates.Established : 0;
        result |= states.HasFlag(ConntrackStates.Related) ? ConnectionStates.Related : 0;
        result |= states.HasFlag(ConntrackStates.Untracked) ? ConnectionStates.Untracked : 0;
        result |= states.HasFlag(ConntrackStates.Dnat) ? ConnectionStates.DestinationTranslated : 0;
        return result;
    }
}
