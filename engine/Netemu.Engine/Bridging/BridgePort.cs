using Netemu.Engine.Devices;

namespace Netemu.Engine.Bridging;

/// <summary>A device enslaved to a bridge, with the words of `bridge link set` as its properties.</summary>
public sealed class BridgePort
{
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

    /// <summary>Frames may leave by the port they came in on.</summary>
    public bool Hairpin { get; set; }

    /// <summary>Isolated ports do not talk to one another.</summary>
    public bool Isolated { get; set; }

    public bool Learning { get; set; } = true;

    /// <summary>Unknown unicast goes out here.</summary>
    public bool Flood { get; set; } = true;

    public bool MulticastFlood { get; set; } = true;

    public bool BroadcastFlood { get; set; } = true;

    /// <summary>The port's VLANs; null while its bridge has not needed any.</summary>
    public BridgeVlanSet? Vlans { get; internal set; }
}
