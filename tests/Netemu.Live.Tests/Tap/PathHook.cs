using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Live.Tests.Tap;

/// <summary>
/// A router's bad luck, both ways: loses or holds back every so many packets in the mean, by seed. What is held back
/// goes out later than those behind it.
/// </summary>
internal sealed class PathHook(NetworkNamespace space, int lossPermille, int reorderPermille, IReadOnlyDictionary<NetDevice, MacAddress> peers) : IPacketHook
{
    private static readonly Duration Held = Duration.FromMilliseconds(2);

    private readonly RandomSource _random = space.Node.Random("live/path");
    private readonly Queue<(Frame Frame, NetDevice Output)> _held = new();

    public long Lost { get; private set; }

    public long Reordered { get; private set; }

    public HookVerdict Evaluate(
        NetworkNamespace space, HookPoint point, AddressFamily family, Frame frame, NetDevice? input, NetDevice? output)
    {
        if (_random.NextBelow(1000) < lossPermille)
        {
            Lost++;
            space.Drop(frame, DropReason.ImpairLoss);
            return HookVerdict.Stolen;
        }

        if (_random.NextBelow(1000) < reorderPermille)
        {
            Reordered++;
            EthernetHeader.Write(frame.Bytes, peers[output!], output!.Mac, EtherType.IPv4);
            _held.Enqueue((frame, output));
            space.Node.Schedule(new CallbackTimer(Release), space.Node.Now + Held);
            return HookVerdict.Stolen;
        }

        return HookVerdict.Accept;
    }

    /// <summary>What is still held at the end goes nowhere.</summary>
    public void Clear()
    {
        while (_held.TryDequeue(out (Frame Frame, NetDevice Output) held))
        {
            held.Frame.Drop(DropReason.ImpairLoss);
        }
    }

    private void Release()
    {
        (Frame frame, NetDevice output) = _held.Dequeue();
        output.Transmit(frame);
    }
}
