using System;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Routing;
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
    internal const int LookAheadLength = 16;

    /// <summary>Fewer frames are looked up faster where they are handled: their misses overlap by themselves.</summary>
    private const int WorthwhileRun = 8;

    /// <summary>Below this many routes a lookup is a scan of a few lines, and looking ahead gains nothing.</summary>
    private const int WorthwhileTable = 64;

    /// <summary>At most two to the power of this many frames go by before a run is tried again.</summary>
    private const int MaximumBackoff = 5;

    private Entry[] _ring = new Entry[4];
    private int _mask = 3;
    private long _head;
    private long _tail;
    private long _departed;
    private long _dropBelow;
    private long _seen;
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
                frames += _ring[i & _mask].Frame is null ? 0 : 1;
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

    /// <summary>Puts a frame on the wire, or with null a change of the sender's carrier. Takes ownership.</summary>
    internal void Push(Frame? frame, long departure, bool carrier = false)
    {
        if (_tail - _head > _mask)
        {
            Grow();
        }

        long arrival = departure + DelayNanoseconds;
        ref Entry entry = ref _ring[_tail & _mask];
        entry.Frame = frame;
        entry.Arrival = arrival;
        entry.Carrier = carrier;
        CarrierChanges += frame is null ? 1 : 0;
        if (_tail++ == _head)
        {
            HeadTime = arrival;
            Receiver.Node.Shard.Activate(this);
        }
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

        while (_departed < _tail && _ring[_departed & _mask].Arrival <= limit)
        {
            _departed++;
        }

        return (int)(_tail - _departed);
    }

    /// <summary>
    /// Takes what arrives before <paramref name="limit"/> as long as the receiver's stack forwards it without anything else
    /// happening, or else the first frame alone, and hands it to the receiving device.
    /// </summary>
    internal void Deliver(Shard shard, long limit)
    {
        if (_head >= _seen)
        {
            LookAhead(shard.Scratch);
        }

        if (Receiver.Handler is null && _head >= _nextRun)
        {
            if (Receiver.Namespace.IPv4.ForwardRun(this, shard, limit))
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

    /// <summary>The frame that arrives next, if that is before <paramref name="limit"/> and it has not been lost with its cable.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Frame? PeekBefore(long limit, out long arrival)
    {
        ref Entry entry = ref _ring[_head & _mask];
        arrival = entry.Arrival;
        return _head < _tail && arrival < limit && _head >= _dropBelow ? entry.Frame : null;
    }

    /// <summary>Takes the frame that was peeked at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Advance(Shard shard)
    {
        _ring[_head & _mask].Frame = null;
        _head++;
        if (_head >= _seen && _head < _tail)
        {
            LookAhead(shard.Scratch);
        }
    }

    /// <summary>Reads what delivering the next frames will read first, and tells which frames they are; see WindowWarmer.</summary>
    internal int Touch(Span<Frame?> next)
    {
        for (int i = 0; i < next.Length; i++)
        {
            next[i] = _head + i < _tail ? _ring[(_head + i) & _mask].Frame : null;
        }

        return Id;
    }

    /// <summary>Reads where the next frame will be pushed.</summary>
    internal int TouchTail() => (int)_ring[_tail & _mask].Arrival;

    /// <summary>Makes <see cref="HeadTime"/> true again after a number of <see cref="Advance"/>.</summary>
    internal void EndRun()
    {
        if (_head < _tail)
        {
            HeadTime = _ring[_head & _mask].Arrival;
        }
    }

    private void DeliverFirst()
    {
        ref Entry entry = ref _ring[_head & _mask];
        Frame? frame = entry.Frame;
        bool carrier = entry.Carrier;
        bool lost = _head < _dropBelow;
        entry.Frame = null;
        _head++;
        if (_head < _tail)
        {
            HeadTime = _ring[_head & _mask].Arrival;
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
            ref Entry entry = ref _ring[_head & _mask];
            CarrierChanges -= entry.Frame is null ? 1 : 0;
            entry.Frame?.Drop(reason);
            entry.Frame = null;
        }
    }

    /// <summary>
    /// Looks at the next frames before the first of them is handled: their bytes come into the cache together, and their
    /// destinations are looked up side by side. What is found is a hint: it counts only if the table's generation and the
    /// packet's destination are still the same when the packet's turn comes.
    /// </summary>
    private void LookAhead(LookAheadScratch scratch)
    {
        int count = (int)Math.Min(_tail - _head, LookAheadLength);
        _seen = _head + count;
        if (count < WorthwhileRun || Receiver.Handler is not null)
        {
            return;
        }

        Span<IPv4Address> destinations = scratch.Destinations;
        for (int i = 0; i < count; i++)
        {
            Frame? frame = _ring[(_head + i) & _mask].Frame;
            destinations[i] = frame is null ? default : IPv4Stack.PeekDestination(frame);
        }

        RouteTable<IPv4Address> table = Receiver.Namespace.IPv4.Routes.Main;
        if (table.Count < WorthwhileTable)
        {
            return;
        }

        Span<int> routes = scratch.Routes;
        table.LookAhead(destinations[..count], routes);
        for (int i = 0; i < count; i++)
        {
            Frame? frame = _ring[(_head + i) & _mask].Frame;
            if (frame is not null)
            {
                frame.RouteHint = routes[i];
                frame.HintDestination = destinations[i].Value;
                frame.HintGeneration = table.Generation;
            }
        }
    }

    private void Grow()
    {
        Entry[] ring = new Entry[_ring.Length * 2];
        for (long i = _head; i < _tail; i++)
        {
            ring[i & (ring.Length - 1)] = _ring[i & _mask];
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
