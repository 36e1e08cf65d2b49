namespace Netemu.Engine.Dhcp;

/// <summary>The states of a client (RFC 2131 figure 5); it never reboots with a memory, so those two states are missing.</summary>
public enum DhcpClientState : byte
{
    Stopped,
    Init,
    Selecting,
    Requesting,
    Bound,
    Renewing,
    Rebinding,
}
