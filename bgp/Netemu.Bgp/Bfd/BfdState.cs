namespace Netemu.Bgp.Bfd;

/// <summary>The states of RFC 5880 section 6.2, with their numbers on the wire.</summary>
public enum BfdState : byte
{
    AdminDown = 0,
    Down = 1,
    Init = 2,
    Up = 3,
}
