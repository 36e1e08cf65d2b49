using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Devices;

/// <summary>A device that swallows what is sent (drivers/net/dummy.c): a place for addresses that are always there.</summary>
public sealed class DummyDevice : NetDevice
{
    public DummyDevice(NetworkNamespace space, string name)
        : base(space, name, space.Node.NextMac(), 1500)
    {
        SetCarrier(true);
        space.Add(this);
    }

    public override string Kind => "dummy";

    public override bool UsesNeighbours => false;

    protected override bool IsMulticastByKind => false;

    public override OperationalState OperationalState => IsUp ? OperationalState.Unknown : OperationalState.Down;

    protected override void TransmitCore(Frame frame) => frame.Deliver();
}
