using Netemu.Core.Addresses;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Devices;

/// <summary>
/// One end of a veth pair inside a node: what one end sends the other receives, without delay. Carrier means that the peer
/// is up. Destroying one end destroys the other.
/// </summary>
public sealed class VethDevice : NetDevice
{
    private VethDevice(NetworkNamespace space, string name, MacAddress mac, int mtu)
        : base(space, name, mac, mtu)
    {
    }

    public override string Kind => "veth";

    public VethDevice Peer { get; private set; } = null!;

    public override NetDevice? Linked => Peer;

    public override OperationalState OperationalState => IsRunning
        ? OperationalState.Up
        : IsUp ? OperationalState.LowerLayerDown : OperationalState.Down;

    /// <summary>Makes both ends, in the same or in different namespaces of one node, both down.</summary>
    public static (VethDevice Left, VethDevice Right) CreatePair(
        NetworkNamespace leftSpace, string leftName, NetworkNamespace rightSpace, string rightName, int mtu = 1500)
    {
        VethDevice left = new(leftSpace, leftName, leftSpace.Node.NextMac(), mtu);
        VethDevice right = new(rightSpace, rightName, rightSpace.Node.NextMac(), mtu);
        left.Peer = right;
        right.Peer = left;
        leftSpace.Add(left);
        rightSpace.Add(right);
        return (left, right);
    }

    protected override void TransmitCore(Frame frame)
    {
        if (Peer.IsTooLong(frame))
        {
            Drop(frame, DropReason.FrameTooLong);
            return;
        }

        frame.Scrub();
        Node.Shard.HandOver(frame, Peer);
    }

    private protected override void TransmitSuperCore(Frame head)
    {
        if (Peer.IsTooLong(head))
        {
            base.TransmitSuperCore(head);
            return;
        }

        HandOnSuper(head, Peer, scrub: true);
    }

    protected override void OnStateChanged()
    {
        // Both must be up for either to have carrier (veth_open, veth_close).
        bool carrier = IsUp && Peer.IsUp;
        SetCarrier(carrier);
        Peer.SetCarrier(carrier);
    }

    protected override void OnDestroyed() => Peer.Namespace.Remove(Peer);
}
