using System;
using System.Collections.Generic;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;

namespace Netemu.Engine.Simulation;

/// <summary>
/// Nodes joined by links of less than 1 us: the unit that runs a window by itself. At one instant it takes arrivals by
/// (link, sequence), each followed by the zero-delay run queue, then timers by (due, node, sequence), each followed by it.
/// </summary>
public sealed class Shard
{
    private readonly List<Node> _nodes = [];
    private LinkChannel[] _channels = new LinkChannel[2];
    private int _channelCount;
    private Handover[] _queue = new Handover[16];
    private int _queueHead;
    private int _queueCount;

    internal Shard(Emulation emulation) => Emulation = emulation;

    public Emulation Emulation { get; }

    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>The declaration index of its first node: an id that does not change with the order of visits.</summary>
    public int FirstNode => _nodes[0].Index;

    /// <summary>Channels with a frame in flight to it; the first one's arrives first.</summary>
    internal ReadOnlySpan<LinkChannel> Channels => _channels.AsSpan(0, _channelCount);

    /// <summary>The instant of the event being handled.</summary>
    public SimTime Now => new(NowNanoseconds);

    /// <summary>Frames that were handed over without delay and wait for their turn.</summary>
    public int QueuedFrames
    {
        get
        {
            int frames = 0;
            for (int i = 0; i < _queueCount; i++)
            {
                for (Frame? frame = _queue[(_queueHead + i) & (_queue.Length - 1)].Frame; frame is not null; frame = frame.Following)
                {
                    frames++;
                }
            }

            return frames;
        }
    }

    /// <summary>The timers due in the current window.</summary>
    internal TimerBatch Timers { get; } = new();

    internal long NowNanoseconds;

    /// <summary>Room for the batches of the shard's channels.</summary>
    internal BatchScratch Scratch => Emulation.BatchScratch;

    /// <summary>The earliest work; valid between windows, and a lower bound for pushes from other shards inside one.</summary>
    internal long NextTime = long.MaxValue;

    /// <summary>True while it is in its side's list of shards with work.</summary>
    internal bool IsActive;

    /// <summary>What it is run together with.</summary>
    internal ShardRegion Region = null!;

    /// <summary>The index of the side of its region that it is on; see <see cref="ShardSide"/>.</summary>
    internal int Side;

    /// <summary>The channel whose frame arrives first, or null.</summary>
    internal LinkChannel? FirstChannel => _channelCount > 0 ? _channels[0] : null;

    internal void Add(Node node)
    {
        _nodes.Add(node);
        node.Shard = this;
    }

    /// <summary>Hands a frame to a device of the same shard without delay. Takes ownership.</summary>
    internal void HandOver(Frame frame, NetDevice receiver)
    {
        // Every 16th hand-over costs 1 us, so that a loop without delay ends some day (and the clock moves meanwhile).
        if ((++frame.Handovers & 15) == 0)
        {
            receiver.Node.Detour.Push(frame, receiver);
            return;
        }

        Enqueue(frame, receiver);
    }

    /// <summary>
    /// The same for the frames of a super-segment, which have been handed over equally often: those that cost time go one by one.
    /// </summary>
    internal void HandOverSuper(Frame head, NetDevice receiver)
    {
        if (((head.Handovers + 1) & 15) == 0)
        {
            foreach (Frame frame in head.Part())
            {
                HandOver(frame, receiver);
            }

            return;
        }

        for (Frame? frame = head; frame is not null; frame = frame.Following)
        {
            frame.Handovers++;
        }

        Enqueue(head, receiver);
    }

    internal void Enqueue(Frame frame, NetDevice receiver)
    {
        if (_queueCount == _queue.Length)
        {
            GrowQueue();
        }

        ref Handover slot = ref _queue[(_queueHead + _queueCount) & (_queue.Length - 1)];
        slot.Frame = frame;
        slot.Receiver = receiver;
        _queueCount++;
    }

    /// <summary>A channel into this shard has its first frame in flight.</summary>
    internal void Activate(LinkChannel channel)
    {
        if (channel.HeapIndex < 0)
        {
            if (_channelCount == _channels.Length)
            {
                Array.Resize(ref _channels, _channelCount * 2);
            }

            SiftUp(channel, _channelCount++);
        }

        NoteWork(channel.HeadTime);
    }

    internal void NoteWork(long time)
    {
        if (time < NextTime)
        {
            NextTime = time;
            Emulation.NoteWork(this, time);
        }
    }

    /// <summary>Runs everything due before <paramref name="end"/>.</summary>
    internal void RunWindow(long end)
    {
        NextTime = long.MinValue;
        while (true)
        {
            long arrival = _channelCount > 0 ? _channels[0].HeadTime : long.MaxValue;
            long timer = Timers.NextDue.Nanoseconds;
            if (arrival <= timer)
            {
                if (arrival >= end)
                {
                    break;
                }

                LinkChannel channel = _channels[0];
                channel.Deliver(this, RunLimit(channel, Math.Min(end, timer == long.MaxValue ? timer : timer + 1)));
                Reposition(channel);
            }
            else
            {
                if (timer >= end)
                {
                    break;
                }

                NowNanoseconds = timer;
                Timers.TryTake(out TimerEntry? entry);
                entry!.Expire();
            }

            if (_queueCount > 0)
            {
                Drain();
            }
        }

        NextTime = Math.Min(_channelCount > 0 ? _channels[0].HeadTime : long.MaxValue, Timers.NextDue.Nanoseconds);
    }

    /// <summary>Handles the zero-delay hand-overs until none is left.</summary>
    internal void Drain()
    {
        while (_queueCount > 0)
        {
            ref Handover slot = ref _queue[_queueHead];
            Frame frame = slot.Frame;
            NetDevice receiver = slot.Receiver;
            slot = default;
            _queueHead = (_queueHead + 1) & (_queue.Length - 1);
            _queueCount--;
            if (frame.Following is null)
            {
                receiver.Receive(frame);
            }
            else
            {
                receiver.ReceiveSuper(frame);
            }
        }
    }

    /// <summary>Forgets its channels, so that the emulation can put the nodes into other shards.</summary>
    internal void Dissolve()
    {
        for (int i = 0; i < _channelCount; i++)
        {
            _channels[i].HeapIndex = -1;
        }

        _channelCount = 0;
        _nodes.Clear();
    }

    /// <summary>
    /// The instant before which all arrivals of the first channel come before those of every other one, and before
    /// <paramref name="limit"/>: those it may hand over in one go, as long as nothing else comes of them in this window.
    /// </summary>
    private long RunLimit(LinkChannel first, long limit)
    {
        for (int child = 1; child < Math.Min(_channelCount, 3); child++)
        {
            LinkChannel other = _channels[child];
            limit = Math.Min(limit, other.HeadTime + (first.Id < other.Id ? 1 : 0));
        }

        return limit;
    }

    private static bool Before(LinkChannel left, LinkChannel right) =>
        left.HeadTime != right.HeadTime ? left.HeadTime < right.HeadTime : left.Id < right.Id;

    /// <summary>Moves the channel that has been served to its new place in the heap, or out if it is empty.</summary>
    private void Reposition(LinkChannel channel)
    {
        int index = channel.HeapIndex;
        if (!channel.IsEmpty)
        {
            SiftDown(channel, index);
            return;
        }

        channel.HeapIndex = -1;
        LinkChannel last = _channels[--_channelCount];
        _channels[_channelCount] = null!;
        if (index < _channelCount)
        {
            SiftDown(last, index);
            SiftUp(last, last.HeapIndex);
        }
    }

    private void SiftUp(LinkChannel channel, int index)
    {
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (!Before(channel, _channels[parent]))
            {
                break;
            }

            Place(_channels[parent], index);
            index = parent;
        }

        Place(channel, index);
    }

    private void SiftDown(LinkChannel channel, int index)
    {
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= _channelCount)
            {
                break;
            }

            if (child + 1 < _channelCount && Before(_channels[child + 1], _channels[child]))
            {
                child++;
            }

            if (!Before(_channels[child], channel))
            {
                break;
            }

            Place(_channels[child], index);
            index = child;
        }

        Place(channel, index);
    }

    private void Place(LinkChannel channel, int index)
    {
        if (!ReferenceEquals(_channels[index], channel))
        {
            _channels[index] = channel;
        }

        channel.HeapIndex = index;
    }

    private void GrowQueue()
    {
        Handover[] queue = new Handover[_queue.Length * 2];
        for (int i = 0; i < _queueCount; i++)
        {
            queue[i] = _queue[(_queueHead + i) & (_queue.Length - 1)];
        }

        _queue = queue;
        _queueHead = 0;
    }

    private struct Handover
    {
        public Frame Frame;
        public NetDevice Receiver;
    }
}
