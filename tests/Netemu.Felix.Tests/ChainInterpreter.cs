using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Evaluation;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Tests;

/// <summary>Runs packets through rendered chains as netfilter would, and keeps the rule that decided.</summary>
internal sealed class ChainInterpreter(
    IReadOnlyDictionary<string, Chain> chains, IReadOnlyDictionary<string, SortedSet<IPSetMember>> sets)
{
    private uint _mark;

    /// <summary>The origin of the rule that dropped the packet or set the accept mark last.</summary>
    public RuleOrigin? Origin { get; private set; }

    /// <summary>Whether FORWARD lets a packet through.</summary>
    public bool Forward(string inDevice, string outDevice, Flow flow) => Run("cali-FORWARD", inDevice, outDevice, flow) != TargetKind.Drop;

    /// <summary>The verdict of a chain with a mark of zero at its start; Return at its end.</summary>
    public TargetKind Run(string chain, string inDevice, string outDevice, Flow flow)
    {
        _mark = 0;
        Origin = null;
        return Walk(chain, inDevice, outDevice, flow);
    }

    public bool IsAccepted => (_mark & FilterMarks.Accept) != 0;

    private TargetKind Walk(string name, string inDevice, string outDevice, Flow flow)
    {
        foreach (ChainRule rule in chains[name].Rules)
        {
            if (!Matches(rule.Match, inDevice, outDevice, flow))
            {
                continue;
            }

            switch (rule.Target.Kind)
            {
                case TargetKind.Accept:
                case TargetKind.Return:
                    return rule.Target.Kind;
                case TargetKind.Drop:
                    Origin = rule.Origin;
                    return TargetKind.Drop;
                case TargetKind.Mark:
                    _mark = (_mark & ~rule.Target.MarkMask) ^ rule.Target.MarkValue;
                    Origin = rule.Target.MarkValue == FilterMarks.Accept ? rule.Origin ?? Origin : Origin;
                    break;
                case TargetKind.Goto:
                    return Walk(rule.Target.Chain!, inDevice, outDevice, flow);
                case TargetKind.Jump:
                    TargetKind verdict = Walk(rule.Target.Chain!, inDevice, outDevice, flow);
                    if (verdict != TargetKind.Return)
                    {
                        return verdict;
                    }

                    break;
            }
        }

        return TargetKind.Return;
    }

    private bool Matches(RuleMatch match, string inDevice, string outDevice, Flow flow)
    {
        bool isIcmp = flow.Protocol == IPProtocol.Icmp || flow.Protocol == IPProtocol.IcmpV6;
        return IsDevice(match.InInterface, inDevice)
            && IsDevice(match.OutInterface, outDevice)
            && (match.Protocol is null || match.Protocol == flow.Protocol)
            && (match.NotProtocol is null || match.NotProtocol != flow.Protocol)
            && match.Nets.All(net => net.Net.Contains(net.IsSource ? flow.Source : flow.Destination) != net.IsNegated)
            && match.Sets.All(set => Contains(set, flow) != set.IsNegated)
            && match.Ports.All(ports => flow.Protocol.HasPorts
                && ports.Ports.Any(port => port.Contains(ports.IsSource ? flow.SourcePort : flow.DestinationPort)) != ports.IsNegated)
            && (match.Icmp is not { } icmp || (isIcmp && icmp.Matches(flow.IcmpType, flow.IcmpCode)))
            && (match.NotIcmp is not { } notIcmp || (isIcmp && !notIcmp.Matches(flow.IcmpType, flow.IcmpCode)))
            && (match.Mark is not { } mark || ((_mark & mark.Mask) == mark.Value) != mark.IsNegated)
            && (match.States == ConntrackStates.None || match.States.HasFlag(StateOf(flow)) != match.IsStatesNegated)
            && !match.IsDestinationLocal;
    }

    private static ConntrackStates StateOf(Flow flow) => flow.State switch
    {
        ConnectionState.Established => ConntrackStates.Established,
        ConnectionState.Related => ConntrackStates.Related,
        ConnectionState.Invalid => ConntrackStates.Invalid,
        _ => ConntrackStates.New,
    };

    private static bool IsDevice(string? pattern, string device) =>
        pattern is null || (pattern.EndsWith('+') ? device.StartsWith(pattern[..^1], System.StringComparison.Ordinal) : device == pattern);

    private bool Contains(SetMatch set, Flow flow)
    {
        bool isSource = set.Direction is SetDirection.Source or SetDirection.SourceAndPort;
        InternetAddress address = isSource ? flow.Source : flow.Destination;
        if (set.Direction is SetDirection.Source or SetDirection.Destination)
        {
            return sets[set.Name].Any(member => member.Net.Contains(address));
        }

        int port = isSource ? flow.SourcePort : flow.DestinationPort;
        return sets[set.Name].Any(member =>
            member.Net.Contains(address) && member.Protocol == flow.Protocol && member.Port == port);
    }
}
