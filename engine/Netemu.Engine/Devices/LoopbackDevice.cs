using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Devices;

/// <summary>The loopback device: what is sent is received, with carrier always.</summary>
public sealed class LoopbackDevice : NetDevice
{
    internal LoopbackDevice(NetworkNamespace space)
        : base(space, "lo", default, 65_536)
    {
        SetCarrier(true);
    }

    public override string Kind => string.Empty;

    public override bool IsLoopback => true;

    public override bool UsesNeighbours => false;

    public override OperationalState OperationalState => IsUp ? OperationalState.Unknown : OperationalState.Down;

    protected override void TransmitCore(Frame frame) => Node.Shard.HandOver(frame, this);

    private protected override void TransmitSuperCore(Frame head) => HandOnSuper(head, this, scrub: false);
}
