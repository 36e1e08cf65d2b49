using System.Collections.Generic;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Simulation;

/// <summary>
/// Where a node's frames wait 1 us after every 16th zero-delay hand-over. Its length is bounded like the kernel's input
/// queue (netdev_max_backlog, 1,000): a storm in a loop without delay loses frames, and does not stop the clock.
/// </summary>
internal sealed class Detour(Node node) : TimerEntry
{
    private const int Backlog = 1000;
    private static readonly Duration Cost = Duration.FromMicroseconds(1);

    private Queue<(Frame Frame, NetDevice Receiver, SimTime Due)>? _waiting;

    public int Count => _waiting?.Count ?? 0;

    public void Push(Frame frame, NetDevice receiver)
    {
        _waiting ??= new Queue<(Frame, NetDevice, SimTime)>();
        if (_waiting.Count >= Backlog)
        {
            receiver.Drop(frame, DropReason.BacklogFull);
            return;
        }

        SimTime due = node.Now + Cost;
        _waiting.Enqueue((frame, receiver, due));
        if (_waiting.Count == 1)
        {
            node.Schedule(this, due);
        }
    }

    public override void Expire()
    {
        while (_waiting!.Count > 0 && _waiting.Peek().Due <= node.Now)
        {
            (Frame frame, NetDevice receiver, _) = _waiting.Dequeue();
            node.Shard.Enqueue(frame, receiver);
        }

        if (_waiting.Count > 0)
        {
            node.Schedule(this, _waiting.Peek().Due);
        }
    }

    /// <summary>Ends every waiting frame.</summary>
    public void DropAll(DropReason reason)
    {
        while (_waiting is { Count: > 0 })
        {
            _waiting.Dequeue().Frame.Drop(reason);
        }

        node.Cancel(this);
    }
}
