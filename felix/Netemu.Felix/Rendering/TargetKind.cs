namespace Netemu.Felix.Rendering;

/// <summary>What an iptables rule does.</summary>
public enum TargetKind : byte
{
    Accept,
    Drop,
    Reject,
    Return,
    Jump,
    Goto,

    /// <summary>MARK --set-xmark: only the bits of the mask change.</summary>
    Mark,
    Log,

    /// <summary>CT --notrack</summary>
    NoTrack,
    Masquerade,
    Dnat,
    Snat,
}
