using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.IPv4;

/// <summary>Proxy ARP answers that wait a random part of proxy_delay (pneigh_enqueue).</summary>
internal sealed class ProxyDelayQueue : TimerEntry
{
    private readonly ArpProtocol _arp;
    private readonly Node _node;
    private readonly RandomSource _random;
    private readonly SortedDictionary<(long Due, long Sequence), Answer> _answers = [];
    private long _count;

    public ProxyDelayQueue(ArpProtocol arp, Node node)
    {
        _arp = arp;
        _node = node;
        _random = node.Random("proxy-arp-delay");
    }

    /// <summary>Plans an answer; <paramref name="delay"/> is in units of 10 ms.</summary>
    public void Add(NetDevice device, IPv4Address source, IPv4Address target, MacAddress targetMac, int delay)
    {
        SimTime due = _node.Now + new Duration(_random.NextBelow(delay * 10_000_000L));
        _answers.Add((due.Nanoseconds, ++_count), new Answer(device, source, target, targetMac));
        Arm();
    }

    public override void Expire()
    {
        while (_answers.Count > 0)
        {
            ((long Due, long Sequence) key, Answer answer) = First();
            if (key.Due > _node.Now.Nanoseconds)
            {
                break;
            }

            _answers.Remove(key);
            _arp.SendReply(answer.Device, answer.Source, answer.Target, answer.TargetMac);
        }

        Arm();
    }

    private KeyValuePair<(long Due, long Sequence), Answer> First()
    {
        using SortedDictionary<(long Due, long Sequence), Answer>.Enumerator all = _answers.GetEnumerator();
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

    private readonly record struct Answer(NetDevice Device, IPv4Address Source, IPv4Address Target, MacAddress TargetMac);
}
