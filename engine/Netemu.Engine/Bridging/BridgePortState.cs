namespace Netemu.Engine.Bridging;

/// <summary>The port states of 802.1D, numbered as the kernel's BR_STATE_*.</summary>
public enum BridgePortState : byte
{
    Disabled,
    Listening,
    Learning,
    Forwarding,
    Blocking,
}
