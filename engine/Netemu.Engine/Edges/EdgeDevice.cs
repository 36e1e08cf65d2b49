using System.Collections.Generic;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices.Tun;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Edges;

/// <summary>
/// A TAP or TUN whose far side is outside the emulation (<see cref="IEdge"/>). What comes in is stamped
/// <c>max(arrival, horizon)</c>, waits in a bounded queue, and is received at exactly that instant, before the node's
/// timers of the instant: the same stamps and bytes give the same run.
/// </summary>
/// <remarks>
/// <code>
/// outside -> IEdge.Poll -> Accept: stamp, record -> queue -> (timer at the stamp) -> Receive -> ...
/// ... -> Transmit -> IEdge.Send -> outside            full on either side: EdgeQueueFull
/// </code>
/// </remarks>
public sealed class EdgeDevice : TunTapDevice
{
    /// <summary>Frames that wait for their instant; the kernel's own queue behind a TAP is as long (txqueuelen 1000).</summary>
    public const int QueueLimit = 1000;

    private readonly Queue<(Frame Frame, SimTime Due)> _waiting = new();
    private readonly InputTimer _timer;
    private SimTime _lastStamp;

    /// <summary>A device without an edge, and so without carrier. <paramref name="bare"/>: it carries IP packets (tun).</summary>
    public EdgeDevice(NetworkNamespace space, string name, bool bare = false, int mtu = 1500)
        : base(space, name, bare ? TunMode.Tun : TunMode.Tap, mtu)
    {
        _timer = new InputTimer(this);
        space.Add(this);
    }

    /// <summary>True for what carries IP packets without an Ethernet header outside (IFF_TUN).</summary>
    public bool IsBare => Mode == TunMode.Tun;

    /// <summary>The outer side, or null while there is none.</summary>
    public IEdge? Edge { get; private set; }

    /// <summary>Where input is written down with its stamps; null for nowhere.</summary>
    public EdgeRecording? Recording { get; set; }

    /// <summary>How many more frames the queue takes; what comes when it is full is dropped.</summary>
    public int Room => QueueLimit - _waiting.Count;

    /// <summary>Joins the device to the world outside: from now on it has carrier.</summary>
    public void Attach(IEdge edge)
    {
        Edge = edge;
        _lastStamp = Node.Emulation.Now;
        edge.SetCarrier(IsUp);
        SetCarrier(true);
        edge.InputTaken(this);
    }

    /// <summary>Takes the world outside away.</summary>
    public void Detach()
    {
        Edge?.SetCarrier(false);
        Edge = null;
        SetCarrier(false);
    }

    /// <summary>
    /// A frame from outside, with an Ethernet header unless the device is bare; takes ownership. Stamps never decrease,
    /// and lie after what has been run.
    /// </summary>
    public void Accept(Frame frame, SimTime arrival)
    {
        if (Room <= 0)
        {
            Drop(frame, DropReason.EdgeQueueFull);
            return;
        }

        // The horizon: every instant up to Now may have been run.
        SimTime horizon = Node.Emulation.Now + Duration.FromNanoseconds(1);
        SimTime stamp = arrival > horizon ? arrival : horizon;
        stamp = stamp > _lastStamp ? stamp : _lastStamp;
        Recording?.Write(this, stamp, frame.Bytes);
        Enqueue(frame, stamp);
    }

    /// <summary>A frame of a recording, at the instant that it was stamped with.</summary>
    internal void Replay(Frame frame, SimTime stamp) => Enqueue(frame, stamp);

    internal override long CountHeldFrames() => _waiting.Count;

    protected override void TransmitCore(Frame frame)
    {
        DropReason reason = Edge!.Send(Outside(frame), frame.Flags);
        if (reason == DropReason.None)
        {
            frame.Deliver();
        }
        else
        {
            Drop(frame, reason);
        }
    }

    protected override void OnStateChanged() => Edge?.SetCarrier(IsUp);

    protected override void OnDestroyed()
    {
        Node.Cancel(_timer);
        while (_waiting.TryDequeue(out (Frame Frame, SimTime Due) waiting))
        {
            waiting.Frame.Drop(DropReason.NodeDown);
        }

        Detach();
    }

    private void Enqueue(Frame frame, SimTime stamp)
    {
        _lastStamp = stamp;
        if (IsBare)
        {
            frame.Prepend(EthernetHeader.Size);
            WriteRoom(frame.Bytes);
        }

        _waiting.Enqueue((frame, stamp));
        if (_waiting.Count == 1)
        {
            Arm(stamp);
        }
    }

    /// <summary>
    /// The sequence is the device's place in the node, below every counted one: the order at one instant does not depend
    /// on when a frame was polled.
    /// </summary>
    private void Arm(SimTime stamp) =>
        Node.Emulation.Schedule(Node, _timer, stamp, long.MinValue + ((long)Namespace.Order << 32) + Index);

    /// <summary>
    /// Takes what has this instant's stamp, each frame followed by its consequences without delay. All of them came from
    /// one poll: a later one stamps later.
    /// </summary>
    private void TakeDue()
    {
        SimTime now = Node.Now;
        while (_waiting.TryPeek(out (Frame Frame, SimTime Due) first))
        {
            if (first.Due > now)
            {
                Arm(first.Due);
                return;
            }

            _waiting.Dequeue();
            if (_waiting.Count == 0)
            {
                Edge?.InputTaken(this);
            }

            Receive(first.Frame);
            Node.Shard.Drain();
        }
    }

    private sealed class InputTimer(EdgeDevice device) : TimerEntry
    {
        public override void Expire() => device.TakeDue();
    }
}
