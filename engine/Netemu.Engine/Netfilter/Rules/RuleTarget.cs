using Netemu.Core.Addresses;

namespace Netemu.Engine.Netfilter.Rules;

/// <summary>What a rule does with a packet that it matches, named as iptables names it.</summary>
public abstract record RuleTarget
{
    public sealed record Accept : RuleTarget;

    public sealed record Drop : RuleTarget;

    public sealed record Return : RuleTarget;

    /// <summary>`-j chain`: comes back behind this rule.</summary>
    public sealed record Jump(string Chain) : RuleTarget;

    /// <summary>`-g chain`: comes back where this chain was called from.</summary>
    public sealed record Goto(string Chain) : RuleTarget;

    public sealed record Reject(RejectType Type = RejectType.PortUnreachable) : RuleTarget;

    /// <summary>LOG and NFLOG write to the namespace's packet log and let the packet go on.</summary>
    public sealed record Log(string Prefix = "", byte Level = 4, LogFields Fields = LogFields.None) : RuleTarget;

    public sealed record NfLog(string Prefix = "", ushort Group = 0, int Size = 0, int Threshold = 0) : RuleTarget;

    /// <summary>`MARK --set-xmark value/mask`: clears the mask's bits, then exclusive-ors the value.</summary>
    public sealed record Mark(uint Value, uint Mask = uint.MaxValue) : RuleTarget;

    /// <summary>`CONNMARK --set-xmark value/mask`.</summary>
    public sealed record ConnectionMark(uint Value, uint Mask = uint.MaxValue) : RuleTarget;

    /// <summary>`CONNMARK --save-mark`: the packet's mark becomes the connection's.</summary>
    public sealed record SaveMark(uint PacketMask = uint.MaxValue, uint ConnectionMask = uint.MaxValue) : RuleTarget;

    /// <summary>`CONNMARK --restore-mark`: the connection's mark becomes the packet's.</summary>
    public sealed record RestoreMark(uint PacketMask = uint.MaxValue, uint ConnectionMask = uint.MaxValue) : RuleTarget;

    /// <summary>`NOTRACK`, or `CT --notrack`.</summary>
    public sealed record NoTrack(bool OldName = false) : RuleTarget;

    public sealed record Dnat(NatRange Range) : RuleTarget;

    public sealed record Snat(NatRange Range) : RuleTarget;

    /// <summary>SNAT to the address that the output device would use itself.</summary>
    public sealed record Masquerade(NatRange Range = default) : RuleTarget;

    /// <summary>DNAT to this host: the input device's address, or loopback for own packets.</summary>
    public sealed record Redirect(NatRange Range = default) : RuleTarget;

    /// <summary>Maps a network onto another of the same length, host bits kept.</summary>
    public sealed record NetMap(InternetPrefix Prefix) : RuleTarget;

    /// <summary>`TCPMSS --set-mss`, or with 0 `--clamp-mss-to-pmtu`.</summary>
    public sealed record TcpMss(ushort Value) : RuleTarget;
}
