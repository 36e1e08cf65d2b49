using Netemu.Engine.Bridging;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Devices;

/// <content>
/// Super-segments: the frames of one flow that one call of TCP sends, kept together as long as every device on the way may take
/// one decision for all of them (generic segmentation offload). Where one may not, they part, and what happens then is what
/// would have happened without offload; so it is in every case, in the order of the hash too.
/// </content>
public abstract partial class NetDevice
{
    /// <summary>
    /// Whether TCP hands super-segments to this device (`ethtool -K dev tso`). Nothing that can be seen depends on it, only the
    /// time that the emulation itself takes.
    /// </summary>
    public bool SegmentationOffload { get; set; } = true;

    /// <summary><see cref="Transmit"/> for a frame with those that follow it.</summary>
    internal void TransmitSuper(Frame head)
    {
        if (IsRunning && _egress is null && _taps.Length == 0)
        {
            TransmitSuperCore(head);
            return;
        }

        foreach (Frame frame in head.Part())
        {
            Transmit(frame);
        }
    }

    /// <summary><see cref="Receive"/> for a frame with those that follow it.</summary>
    internal void ReceiveSuper(Frame head)
    {
        if (IsUp && _taps.Length == 0 && _entry is BridgeDevice bridge && bridge.WayOfSuper(head, this) is { } output)
        {
            for (Frame? frame = head; frame is not null; frame = frame.Following)
            {
                CountReceived(frame.Length);
                frame.Input = this;
                Node.Hash.AddArrival(frame.Bytes, Node.Shard.NowNanoseconds);
            }

            output.TransmitSuper(head);
            return;
        }

        foreach (Frame frame in head.Part())
        {
            Receive(frame);
        }
    }

    /// <summary>Sends a super-segment on; the device is running, and nothing but its kind has a say.</summary>
    private protected virtual void TransmitSuperCore(Frame head)
    {
        foreach (Frame frame in head.Part())
        {
            Send(frame);
        }
    }

    /// <summary>Counts and scrubs the frames of a super-segment that goes on to <paramref name="receiver"/> as one.</summary>
    private protected void HandOnSuper(Frame head, NetDevice receiver, bool scrub)
    {
        for (Frame? frame = head; frame is not null; frame = frame.Following)
        {
            CountTransmitted(frame.Length);
            if (scrub)
            {
                frame.Scrub();
            }
        }

        Node.Shard.HandOverSuper(head, receiver);
    }
}
