using System;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>
/// A rule made ready for comparing: the common conditions as values and masks, the others as objects. Flags say which
/// conditions there are and which are negated. Counters stand here too, exact.
/// </summary>
internal struct CompiledRule
{
    public ulong SourceHigh;
    public ulong SourceLow;
    public ulong SourceMaskHigh;
    public ulong SourceMaskLow;
    public ulong DestinationHigh;
    public ulong DestinationLow;
    public ulong DestinationMaskHigh;
    public ulong DestinationMaskLow;
    public long Packets;
    public long Bytes;
    public string? Input;
    public string? Output;
    public CompiledMatch[]? Others;
    public CompiledTarget? Target;
    public CompiledChain? Chain;
    public uint Mark;
    public uint MarkMask;
    public PortRange SourcePorts;
    public PortRange DestinationPorts;
    public RuleConditions Conditions;
    public RuleConditions Negated;
    public IPProtocol Protocol;
    public ConnectionStates States;
    public RuleAction Action;

    /// <summary>True if all conditions hold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Matches(ref PacketView view)
    {
        RuleConditions conditions = Conditions;
        if ((conditions & RuleConditions.Cheap) != 0)
        {
            if ((conditions & RuleConditions.State) != 0 && !MatchesState(view.Frame))
            {
                return false;
            }

            if ((conditions & RuleConditions.Mark) != 0
                && ((view.Frame.Mark & MarkMask) == Mark) == ((Negated & RuleConditions.Mark) != 0))
            {
                return false;
            }
        }

        return (conditions & ~RuleConditions.Cheap) == 0 || MatchesHeaders(ref view);
    }

    private readonly bool MatchesHeaders(ref PacketView view)
    {
        RuleConditions conditions = Conditions;
        RuleConditions negated = Negated;
        if ((conditions & RuleConditions.Headers) != 0)
        {
            view.Read();
            if ((conditions & RuleConditions.Source) != 0)
            {
                bool same = (((view.SourceLow ^ SourceLow) & SourceMaskLow) | ((view.SourceHigh ^ SourceHigh) & SourceMaskHigh)) == 0;
                if (same == ((negated & RuleConditions.Source) != 0))
                {
                    return false;
                }
            }

            if ((conditions & RuleConditions.Destination) != 0)
            {
                bool same = (((view.DestinationLow ^ DestinationLow) & DestinationMaskLow)
                    | ((view.DestinationHigh ^ DestinationHigh) & DestinationMaskHigh)) == 0;
                if (same == ((negated & RuleConditions.Destination) != 0))
                {
                    return false;
                }
            }

            if ((conditions & RuleConditions.Protocol) != 0
                && (view.Protocol == Protocol) == ((negated & RuleConditions.Protocol) != 0))
            {
                return false;
            }
        }

        if ((conditions & RuleConditions.Input) != 0
            && NameMatches(Input!, view.Input) == ((negated & RuleConditions.Input) != 0))
        {
            return false;
        }

        if ((conditions & RuleConditions.Output) != 0
            && NameMatches(Output!, view.Output) == ((negated & RuleConditions.Output) != 0))
        {
            return false;
        }

        if ((conditions & RuleConditions.Ports) != 0)
        {
            if (!view.HasTransport)
            {
                // A header that is cut short can't be judged: the packet goes (hotdrop). A later fragment just has no ports.
                view.HotDrop |= !view.IsLaterFragment;
                return false;
            }

            if ((conditions & RuleConditions.SourcePort) != 0
                && SourcePorts.Contains(view.SourcePort) == ((negated & RuleConditions.SourcePort) != 0))
            {
                return false;
            }

            if ((conditions & RuleConditions.DestinationPort) != 0
                && DestinationPorts.Contains(view.DestinationPort) == ((negated & RuleConditions.DestinationPort) != 0))
            {
                return false;
            }
        }

        if (Others is not null)
        {
            foreach (CompiledMatch match in Others)
            {
                if (!match.Matches(ref view))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>The names of devices: exact, or with + a common beginning. Without a device there is no name.</summary>
    public static bool NameMatches(string pattern, NetDevice? device)
    {
        string name = device?.Name ?? string.Empty;
        return pattern.EndsWith('+')
            ? name.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1))
            : string.Equals(name, pattern, StringComparison.Ordinal);
    }

    /// <summary>True if the rule accepts by the connection's state alone, and this frame's state is among those.</summary>
    public readonly bool AcceptsByState(Frame frame) =>
        Action == RuleAction.Accept && Conditions == RuleConditions.State && MatchesState(frame);

    /// <summary>True if nothing but the connection's state decides whether the rule matches.</summary>
    public readonly bool AsksForStateOnly => (Conditions & ~RuleConditions.State) == 0;

    /// <summary>True if a rule that asks for the state, or for nothing, matches packets of one state.</summary>
    public readonly bool MatchesState(ConnectionStates state) =>
        (Conditions & RuleConditions.State) == 0 || ((state & States) != 0) == ((Negated & RuleConditions.State) == 0);

    private readonly bool MatchesState(Frame frame)
    {
        ConnectionStates states = frame.ConnectionState switch
        {
            ConnectionState.Established or ConnectionState.EstablishedReply => ConnectionStates.Established,
            ConnectionState.New => ConnectionStates.New,
            ConnectionState.Related or ConnectionState.RelatedReply => ConnectionStates.Related,
            ConnectionState.Untracked => ConnectionStates.Untracked,
            _ => ConnectionStates.Invalid,
        };
        if ((States & (ConnectionStates.SourceTranslated | ConnectionStates.DestinationTranslated)) != 0
            && frame.Connection is Connection connection)
        {
            states |= (connection.Status & ConnectionStatus.SourceNat) != 0 ? ConnectionStates.SourceTranslated : 0;
            states |= (connection.Status & ConnectionStatus.DestinationNat) != 0 ? ConnectionStates.DestinationTranslated : 0;
        }

        return MatchesState(states);
    }

    public void SetSource(InternetPrefix prefix) =>
        SetPrefix(prefix, out SourceHigh, out SourceLow, out SourceMaskHigh, out SourceMaskLow);

    public void SetDestination(InternetPrefix prefix) =>
        SetPrefix(prefix, out DestinationHigh, out DestinationLow, out DestinationMaskHigh, out DestinationMaskLow);

    private static void SetPrefix(InternetPrefix prefix, out ulong high, out ulong low, out ulong maskHigh, out ulong maskLow)
    {
        high = prefix.Address.IPv6.High;
        low = prefix.Address.IPv6.Low;
        if (prefix.IsIPv4)
        {
            maskHigh = 0;
            maskLow = IPv4Address.MaskOf(prefix.Length);
            return;
        }

        maskHigh = prefix.Length == 0 ? 0 : prefix.Length >= 64 ? ulong.MaxValue : ulong.MaxValue << (64 - prefix.Length);
        maskLow = prefix.Length <= 64 ? 0 : ulong.MaxValue << (128 - prefix.Length);
    }
}
