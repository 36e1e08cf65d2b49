using Netemu.Engine.Devices;

namespace Netemu.Engine.Bridging;

/// <summary>A device enslaved to a bridge, with the words of `bridge link set` as its properties.</summary>
public sealed class BridgePort
{
    private int _cost;

    internal BridgePort(BridgeDevice bridge, NetDevice device, int number)
    {
        Bridge = bridge;
        Device = device;
        Number = number;
    }

    public BridgeDevice Bridge { get; }

    public NetDevice Device { get; }

    /// <summary>The port number of 802.1D, from 1.</summary>
    public int Number { get; }

    public BridgePortState State { get; internal set; }

    /// <summary>The port's priority in spanning tree, 0 to 63: the smaller one is preferred.</summary>
    public int Priority { get; internal set; } = 32;

    /// <summary>What the way over this port costs in spanning tree: set, or by the device's rate (port_cost in br_if.c).</summary>
    public int Cost => _cost > 0 ? _cost : DefaultCost;

    /// <summary>Frames may leave by the port they came in on.</summary>
    public bool Hairpin { get; set; }

    /// <summary>Isolated ports do not talk to one another.</summary>
    public bool Isolated { get; set; }

    public bool Learning { get; set; } = true;

    /// <summary>A BPDU that comes in switches the port off (BR_BPDU_GUARD).</summary>
    public bool BpduGuard { get; set; }

    /// <summary>The port never becomes the root port (BR_ROOT_BLOCK).</summary>
    public bool RootBlock { get; set; }

    /// <summary>Only stations that stand in the database as being behind the port may send (BR_PORT_LOCKED).</summary>
    public bool Locked { get; set; }

    /// <summary>The reserved groups 01-80-C2-00-00-0X that pass although the bridge keeps them, by bits (group_fwd_mask).</summary>
    public ushort GroupForwardMask { get; set; }

    /// <summary>Unknown unicast goes out here.</summary>
    public bool Flood { get; set; } = true;

    public bool MulticastFlood { get; set; } = true;

    public bool BroadcastFlood { get; set; } = true;

    /// <summary>The port's VLANs; null while its bridge has not needed any.</summary>
    public BridgeVlanSet? Vlans { get; internal set; }

    private int DefaultCost => Device switch
    {
        EthernetDevice { RateBitsPerSecond: 0 or 10_000_000_000 } or VethDevice => 2,
        EthernetDevice { RateBitsPerSecond: > 10_000_000_000 } => 1,
        EthernetDevice { RateBitsPerSecond: 5_000_000_000 } => 3,
        EthernetDevice { RateBitsPerSecond: 2_500_000_000 } => 4,
        EthernetDevice { RateBitsPerSecond: 1_000_000_000 } => 5,
        EthernetDevice { RateBitsPerSecond: 100_000_000 } => 19,
        _ => 100,
    };

    internal void SetCost(int cost) => _cost = cost;
}
