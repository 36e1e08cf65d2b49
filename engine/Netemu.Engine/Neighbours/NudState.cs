namespace Netemu.Engine.Neighbours;

/// <summary>The states of neighbour unreachability detection (RFC 4861 section 7.3.2; the kernel's NUD_*).</summary>
public enum NudState : byte
{
    None,
    Incomplete,
    Reachable,
    Stale,
    Delay,
    Probe,
    Failed,
    NoArp,
    Permanent,
}
