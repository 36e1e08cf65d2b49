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

    /// <summary>Set by hand: it does not age, but moves as a learned one does unless it is sticky.</summary>
    public bool IsStatic { get; init; }

    /// <summary>Frames from another port do not move it (BR_FDB_STICKY).</summary>
    public bool IsSticky { get; init; }

    /// <summary>Written by a control plane: it does not age, until a frame from another port takes it over (BR_FDB_ADDED_BY_EXT_LEARN).</summary>
    public bool IsExternallyLearned { get; internal set; }

    /// <summary>Grows with each entry of a database: the kernel's list begins with the latest.</summary>
    public long Sequence { get; init; }

    /// <summary>Neither one of our own addresses, nor set by hand or by a control plane: it is forgotten when nothing is heard.</summary>
    internal bool Ages => !IsLocal && !IsStatic && !IsExternallyLearned;

    /// <summary>Made by a command (BR_FDB_ADDED_BY_USER), whatever became of it since.</summary>
    public bool IsByHand { get; internal set; }

    /// <summary>When a frame of that source last came in.</summary>
    public SimTime Updated { get; internal set; }
}
