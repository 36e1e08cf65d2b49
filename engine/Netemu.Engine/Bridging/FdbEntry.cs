using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Engine.Bridging;

/// <summary>One row of a bridge's forwarding database (bridge fdb).</summary>
public sealed class FdbEntry
{
    internal FdbEntry(MacAddress mac, BridgePort? port, int vlan = 0)
    {
        Mac = mac;
        Port = port;
        Vlan = vlan;
    }

    /// <summary>The VLAN in which the address is there; 0 on a bridge without VLAN filtering.</summary>
    public int Vlan { get; }

    public MacAddress Mac { get; }

    /// <summary>The port that leads there; null for the bridge's own address.</summary>
    public BridgePort? Port { get; internal set; }

    /// <summary>An address of the bridge or of a port: frames for it go up, not on ("permanent").</summary>
    public bool IsLocal { get; init; }

    /// <summary>Set by hand: neither ages nor moves.</summary>
    public bool IsStatic { get; init; }

    /// <summary>Made by a command (BR_FDB_ADDED_BY_USER), whatever became of it since.</summary>
    public bool IsByHand { get; init; }

    /// <summary>When a frame of that source last came in.</summary>
    public SimTime Updated { get; internal set; }
}
