using System;
using System.Collections.Generic;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Neighbours;

/// <summary>Answers of a proxy, for ARP or NDP, that wait a random part of proxy_delay (pneigh_enqueue).</summary>
internal sealed class ProxyDelayQueue : TimerEntry
{
    private readonly Node _node;
    private readonly RandomSource _random;
    private readonly SortedDictionary<(long Due, long Sequence), Action> _answers = [];
    private long _count;

    public ProxyDelayQueue(Node node)
    {
        _node = node;
        _random = node.Random("proxy-arp-delay");
    }

    /// <summary>Plans an answer; <paramref name="delay"/> is in units of 10 ms.</summary>
    public void Add(int delay, Action answer)
    {
        SimTime due = _node.Now + new Duration(_random.NextBelow(delay * 10_000_000L));
        _answers.Add((due.Nanoseconds, ++_count), answer);
        Arm();
    }

    public override void Expire()
    {
        while (_answers.Count > 0)
        {
            ((long Due, long Sequence) key, Action answer) = First();
            if (key.Due > _node.Now.Nanoseconds)
            {
                break;
            }

            _answers.Remove(key);
            answer();
        }

        Arm();
    }

    private KeyValuePair<(long Due, long Sequence), Action> First()
    {
        using SortedDictionary<(long Due, long Sequence), Action>.Enumerator all = _answers.GetEnumerator();
        all.MoveNext();
        return all.Current;
    }

    private void Arm()
    {
        if (_answers.Count > 0)
        {
            _node.Schedule(this, new SimTime(First().Key.Due));
        }
    }
}
