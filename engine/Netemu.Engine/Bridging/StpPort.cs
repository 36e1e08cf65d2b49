using Netemu.Core.Time;
using Netemu.Core.Wire;

namespace Netemu.Engine.Bridging;

/// <summary>
/// What spanning tree knows of one port (the STP fields of struct net_bridge_port): the best message heard on its segment,
/// or what the bridge itself says there if it is the designated one.
/// </summary>
internal sealed class StpPort
{
    /// <summary>BR_PORT_BITS: the number of the port in its id.</summary>
    private const int NumberBits = 10;

    public StpPort(SpanningTree tree, BridgePort port)
    {
        Port = port;
        MessageAgeTimer = new CallbackTimer(() => tree.MessageAged(this));
        ForwardDelayTimer = new CallbackTimer(() => tree.DelayEnded(this));
        HoldTimer = new CallbackTimer(() => tree.HoldEnded(this));
    }

    public BridgePort Port { get; }

    public ushort Id => MakeId(Port.Priority, Port.Number);

    public BridgeId DesignatedRoot { get; set; }

    public uint DesignatedCost { get; set; }

    public BridgeId DesignatedBridge { get; set; }

    public ushort DesignatedPort { get; set; }

    /// <summary>When the message on this segment left the root.</summary>
    public SimTime DesignatedAge { get; set; }

    /// <summary>The next configuration message acknowledges a topology change.</summary>
    public bool Acknowledges { get; set; }

    /// <summary>A message waits for the hold timer.</summary>
    public bool ConfigurationPending { get; set; }

    public CallbackTimer MessageAgeTimer { get; }

    public CallbackTimer ForwardDelayTimer { get; }

    public CallbackTimer HoldTimer { get; }

    public static ushort MakeId(int priority, int number) => (ushort)((priority << NumberBits) | (number & ((1 << NumberBits) - 1)));
}
