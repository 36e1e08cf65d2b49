namespace Netemu.Bgp.Fsm;

/// <summary>The states of a connection (RFC 4271 section 8.2.2).</summary>
public enum BgpState : byte
{
    Idle,
    Connect,
    Active,
    OpenSent,
    OpenConfirm,
    Established,
}
