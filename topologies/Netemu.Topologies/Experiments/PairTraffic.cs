using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Topologies.Experiments;

/// <summary>Numbered datagrams between all pairs of machines at a fixed interval, from and to one address of each.</summary>
internal sealed class PairTraffic
{
    private const ushort Port = 7;
    private readonly List<Sender> _senders = [];
    private readonly Counter[] _pairs;
    private readonly int _machines;

    public PairTraffic(IReadOnlyList<NetworkNamespace> machines, Func<int, IPv4Address> addressOf, Duration interval)
    {
        _machines = machines.Count;
        _pairs = new Counter[_machines * _machines];
        for (int i = 0; i < _machines; i++)
        {
            _senders.Add(new Sender(this, i, machines[i], addressOf, interval));
        }
    }

    public long Sent { get; private set; }

    public long Lost
    {
        get
        {
            long lost = 0;
            foreach (Counter pair in _pairs)
            {
                lost += pair.Sent - pair.Received;
            }

            return lost;
        }
    }

    /// <summary>Ordered pairs that have lost a datagram.</summary>
    public long PairsCut
    {
        get
        {
            long cut = 0;
            foreach (Counter pair in _pairs)
            {
                cut += pair.Received < pair.Sent ? 1 : 0;
            }

            return cut;
        }
    }

    /// <summary>The most datagrams that a pair has lost in a row.</summary>
    public long LongestLoss
    {
        get
        {
            long longest = 0;
            foreach (Counter pair in _pairs)
            {
                longest = Math.Max(longest, Math.Max(pair.LongestLoss, pair.Sent - pair.Expected));
            }

            return longest;
        }
    }

    public void Start() => _senders.ForEach(s => s.Start());

    public void Stop() => _senders.ForEach(s => s.Stop());

    private struct Counter
    {
        public uint Sent;
        public uint Received;

        /// <summary>The number that the next datagram has if none is lost.</summary>
        public uint Expected;
        public uint LongestLoss;
    }

    private sealed class Sender(PairTraffic owner, int index, NetworkNamespace space, Func<int, IPv4Address> addressOf, Duration interval)
        : TimerEntry, IUdpHandler
    {
        private readonly byte[] _payload = new byte[8];
        private UdpSocket? _socket;

        public void Start()
        {
            _socket = space.Udp.Open(addressOf(index), Port, this, out Errno error);
            if (_socket is null)
            {
                throw new InvalidOperationException($"{space}: {error}");
            }

            space.Node.Schedule(this, space.Node.Now + (interval * index / owner._machines));
        }

        public void Stop() => space.Node.Cancel(this);

        public override void Expire()
        {
            for (int i = 0; i < owner._machines; i++)
            {
                if (i != index)
                {
                    ref Counter pair = ref owner._pairs[(index * owner._machines) + i];
                    BinaryPrimitives.WriteInt32BigEndian(_payload, index);
                    BinaryPrimitives.WriteUInt32BigEndian(_payload.AsSpan(4), pair.Sent++);
                    owner.Sent++;
                    _socket!.SendTo(addressOf(i), Port, _payload);
                }
            }

            space.Node.Schedule(this, space.Node.Now + interval);
        }

        public void OnDatagram(UdpSocket socket, InternetAddress from, ushort port, InternetAddress to, ReadOnlySpan<byte> payload)
        {
            int source = BinaryPrimitives.ReadInt32BigEndian(payload);
            uint number = BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
            ref Counter pair = ref owner._pairs[(source * owner._machines) + index];
            pair.Received++;
            if (number >= pair.Expected)
            {
                pair.LongestLoss = Math.Max(pair.LongestLoss, number - pair.Expected);
                pair.Expected = number + 1;
            }
        }

        public void OnError(UdpSocket socket, IcmpError error)
        {
            // No route, or a machine without one on the way: the datagram counts as lost.
        }
    }
}
