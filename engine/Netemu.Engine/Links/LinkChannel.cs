using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Links;

/// <summary>
/// One direction of a link: a FIFO of frames in flight with a constant delay, so that arrival times never decrease. Only
/// the sending side pushes and only the receiving side's shard takes.
/// </summary>
/// <remarks>
/// The sender reads departure times of frames that the receiver may have taken already. That is safe in any order in
/// which shards are visited: what a receiver may take inside a window departed before the window began.
/// </remarks>
public sealed class LinkChannel
{
    /// <summary>At most two to the power of this many frames go by before a run is tried again.</summary>
    private const int MaximumBackoff = 5;

    private Entry[] _ring = new Entry[4];

    /// <summary>The length of the ring, a power of two, less one: kept beside what is always read with it.</summary>
    private int _mask = 3;
    private long _head;
    private long _tail;
    private long _departed;
    private long _dropBelow;
    private long _nextRun;
    private int _fruitless;

    internal LinkChannel(int id, Link link, NetDevice receiver)
    {
        Id = id;
        Link = link;
        Receiver = receiver;
    }

    /// <summary>Decides the order of arrivals at one instant: twice the link's declaration index, plus one for the way back.</summary>
    public int Id { get; }

    public Link Link { get; }

    public NetDevice Receiver { get; }

    /// <summary>Frames in flight.</summary>
    public int Count
    {
        get
        {
            int frames = 0;
            for (long i = _head; i < _tail; i++)
            {
                frames += At(i).Frame is null ? 0 : 1;
            }

            return frames;
        }
    }

    /// <summary>Changes of the sender's carrier that are on their way.</summary>
    public int CarrierChanges { get; private set; }

    internal bool IsEmpty => _head == _tail;

    /// <summary>The link's delay.</summary>
    internal long DelayNanoseconds;

    /// <summary>When the first frame arrives; kept while the channel is empty only until it is read.</summary>
    internal long HeadTime;

    /// <summary>Position in the receiving shard's heap, or -1.</summary>
    internal int HeapIndex = -1;

    /// <summary>The receiver's shard; null before it has been laid out.</summary>
    internal Shard? Shard;

    /// <summary>Puts a frame on the wire. Takes ownership.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Push(Frame frame, long departure) => Push(frame, departure, carrier: false);

    /// <summary>Puts a change of the sender's carrier on the wire.</summary>
    internal void PushCarrier(bool carrier, long departure)
    {
        CarrierChanges++;
        Push(null, departure, carrier);
    }

    /// <summary>
    /// How many frames wait for their departure at <paramref name="now"/>: the length of the sender's pfifo in closed form.
    /// </summary>
    internal int QueueLength(long now)
    {
        long limit = now + DelayNanoseconds;
        if (_departed < _head)
        {
            _departed = _head;
        }

        while (_departed < _tail && At(_departed).Arrival <= limit)
        {
            _departed++;
        }

        return (int)(_tail - _departed);
    }

    /// <summary>True if more than <paramref name="limit"/> frames wait for their departure; those in flight are never fewer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsLongerThan(int limit, long now) => _tail - _head > limit && QueueLength(now) > limit;

    /// <summary>
    /// Takes what arrives before <paramref name="limit"/> as long as the receiver's stack forwards it without anything else
    /// happening, or else the first frame alone, and hands it to the receiving device.
    /// </summary>
    internal void Deliver(Shard shard, long limit)
    {
        if (Receiver.Handler is null && _head >= _nextRun)
        {
            if (Receiver.Namespace.ForwardRun(this, shard, limit))
            {
                _fruitless = 0;
                return;
            }

            // Where nothing is plain, as before a tunnel, asking costs more than it gains: it is asked ever less often.
            _nextRun = _head + (1L << _fruitless);
            _fruitless = Math.Min(_fruitless + 1, MaximumBackoff);
        }

        shard.NowNanoseconds = HeadTime;
        DeliverFirst();
    }

    /// <summary>
    /// The frame that arrives as number <paramref name="index"/> from the first; null if there is none, if it has been lost with
    /// its cable, or if it is a change of carrier.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Frame? Peek(int index, out long arrival)
    {
        long at = _head + index;
        ref Entry entry = ref At(at);
        arrival = entry.Arrival;
        return at < _tail && at >= _dropBelow ? entry.Frame : null;
    }

    /// <summary>How many entries there are from the first one on, as long as none of them has been lost with its cable.</summary>
    internal int Present => _head < _dropBelow ? 0 : (int)(_tail - _head);

    /// <summary>
    /// The frame of an entry below <see cref="Present"/>; null only if it is a change of carrier.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Frame Known(int index, out long arrival)
    {
        ref Entry entry = ref At(_head + index);
        arrival = entry.Arrival;
        return entry.Frame!;
    }

    /// <summary>Takes the first frames, which were peeked at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Advance(int frames) => _head += frames;

    /// <summary>Reads where the next frame will be pushed.</summary>
    internal int TouchTail() => (int)At(_tail).Arrival;

    /// <summary>Makes <see cref="HeadTime"/> true again after a number of <see cref="Advance"/>.</summary>
    internal void EndRun()
    {
        if (_head < _tail)
        {
            HeadTime = At(_head).Arrival;
        }
    }

    private void DeliverFirst()
    {
        ref Entry entry = ref At(_head);
        Frame? frame = entry.Frame;
        bool carrier = entry.Carrier;
        bool lost = _head < _dropBelow;
        _head++;
        if (_head < _tail)
        {
            HeadTime = At(_head).Arrival;
        }

        if (frame is null)
        {
            CarrierChanges--;
            Receiver.PeerCarrierChanged(carrier);
        }
        else if (lost)
        {
            Receiver.Drop(frame, DropReason.LinkDown);
        }
        else if (Receiver.IsTooLong(frame))
        {
            Receiver.Drop(frame, DropReason.FrameTooLong);
        }
        else
        {
            Receiver.Receive(frame);
        }
    }

    /// <summary>The cable is cut: what is in flight is lost when it would have arrived.</summary>
    internal void LoseInFlight() => _dropBelow = _tail;

    /// <summary>The node at the far end is gone, or the link is removed: ends every frame now.</summary>
    internal void DropAll(DropReason reason)
    {
        for (; _head < _tail; _head++)
        {
            ref Entry entry = ref At(_head);
            CarrierChanges -= entry.Frame is null ? 1 : 0;
            entry.Frame?.Drop(reason);
            entry.Frame = null;
        }
    }

    /// <summary>The slot of a frame by its number since the channel was made; the ring's length is a power of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Entry At(long number) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_ring), (int)number & _mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Push(Frame? frame, long departure, bool carrier)
    {
        long tail = _tail;
        if (tail - _head > _mask)
        {
            Grow();
        }

        long arrival = departure + DelayNanoseconds;
        ref Entry entry = ref At(tail);
        entry.Frame = frame;
        entry.Arrival = arrival;
        entry.Carrier = carrier;
        _tail = tail + 1;
        if (tail == _head)
        {
            HeadTime = arrival;
            (Shard ?? Receiver.Node.Shard).Activate(this);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        Entry[] ring = new Entry[_ring.Length * 2];
        for (long i = _head; i < _tail; i++)
        {
            ring[i & (ring.Length - 1)] = At(i);
        }

        _ring = ring;
        _mask = ring.Length - 1;
    }

    private struct Entry
    {
        public Frame? Frame;
        public long Arrival;
        public bool Carrier;
    }
}
