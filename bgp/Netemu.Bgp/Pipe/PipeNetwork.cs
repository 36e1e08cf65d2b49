using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Bgp.Pipe;

/// <summary>
/// Byte streams between emulated nodes without packets: the same bytes, one constant delay, no loss. For experiments where
/// the network below BGP is not the point; it knows no links, so it can't show their failure.
/// </summary>
/// <remarks>
/// As the delay is constant, what is sent first arrives first. It is a node's turn once for each instant: it gets everything
/// of that instant in one go, in the order of sending, while its tables are in the cache. Nodes can't tell, as nothing that
/// one of them does now reaches another before the delay is over.
/// </remarks>
public sealed class PipeNetwork
{
    /// <summary>Streams that are brought into the cache together: about as many misses as a core keeps under way.</summary>
    private const int WarmedAtOnce = 16;

    private readonly IScheduler _scheduler;
    private readonly Duration _delay;
    private readonly CallbackTimer _timer;
    private readonly PipeQueue _queue = new();
    private bool _isDelivering;

    /// <summary>How many of the next turns have been touched.</summary>
    private int _warmTurns;
    private int _sum;
    private readonly List<PipeTransport> _nodes = [];

    /// <summary>By the number of an address: the node that has it; -1 for nobody.</summary>
    private readonly List<int> _owners = [];
    private readonly AddressTable _addresses = new();

    /// <param name="scheduler">Virtual time.</param>
    /// <param name="delay">From a write to its arrival.</param>
    public PipeNetwork(IScheduler scheduler, Duration delay)
    {
        _scheduler = scheduler;
        _delay = delay;
        _timer = new CallbackTimer(DeliverDue);
    }

    /// <summary>How many nodes something is on its way to, a node once for each instant; 0 when the network is quiet.</summary>
    public int InFlight => _queue.Count;

    /// <summary>Bytes delivered since the start.</summary>
    public long BytesDelivered { get; private set; }

    /// <summary>Adds a node with its addresses; the first one is the source of its connections by default.</summary>
    public PipeTransport AddNode(params InternetAddress[] addresses)
    {
        PipeTransport transport = new(this, _nodes.Count, addresses);
        _nodes.Add(transport);
        foreach (InternetAddress address in addresses)
        {
            int number = NumberOf(address);
            if (_owners[number] >= 0)
            {
                throw new ArgumentException($"{address} belongs to another node", nameof(addresses));
            }

            _owners[number] = transport.Number;
        }

        return transport;
    }

    /// <summary>What arrives at the stream that is being told right now.</summary>
    internal ReadOnlyMemory<byte> Arriving { get; set; }

    /// <summary>That stream.</summary>
    internal PipeStream? Receiver { get; set; }

    /// <summary>A small number for an address, so that a stream need not hold two of 24 bytes.</summary>
    internal int NumberOf(InternetAddress address)
    {
        int number = _addresses.NumberOf(address);
        if (number == _owners.Count)
        {
            _owners.Add(-1);
        }

        return number;
    }

    internal InternetAddress AddressOf(int number) => _addresses[number];

    /// <summary>The number of the node that has an address; negative for nobody.</summary>
    internal int OwnerOf(int address) => _owners[address];

    /// <summary>The node that has an address; null for nobody.</summary>
    internal PipeTransport? NodeAt(int address) => _owners[address] is >= 0 and var node ? _nodes[node] : null;

    internal void RemoveNode(PipeTransport transport)
    {
        foreach (InternetAddress address in transport.Addresses)
        {
            _owners[NumberOf(address)] = -1;
        }
    }

    /// <summary>Has something happen at a stream after the delay; at a node's side of it.</summary>
    internal void Send(int node, PipeStream target, PipeEventKind kind, StreamCloseReason reason = default) =>
        _queue.Enqueue(node, Announce(), new PipeEvent(target, PipePayloads.None, kind, reason));

    /// <summary>Has bytes arrive at a stream after the delay.</summary>
    internal void Send(int node, PipeStream target, ReadOnlySpan<byte> bytes) =>
        _queue.Enqueue(node, Announce(), target, bytes);

    /// <summary>Has bytes that never change arrive at a stream after the delay, without a copy.</summary>
    internal void SendShared(int node, PipeStream target, ReadOnlyMemory<byte> bytes)
    {
        if (MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment))
        {
            _queue.Enqueue(node, Announce(), target, segment);
        }
        else
        {
            Send(node, target, bytes.Span);
        }
    }

    /// <summary>When what is sent now arrives.</summary>
    private SimTime Announce()
    {
        SimTime due = _scheduler.Now + _delay;
        if (_queue.Count == 0 && !_isDelivering)
        {
            _scheduler.Schedule(_timer, due);
        }

        return due;
    }

    private void DeliverDue()
    {
        SimTime now = _scheduler.Now;
        _isDelivering = true;
        while (_queue.NextDue <= now)
        {
            if (_warmTurns == 0)
            {
                _warmTurns = _queue.TouchTurns(WarmedAtOnce, ref _sum);
            }

            _warmTurns--;
            Deliver(_queue.Dequeue());
        }

        _isDelivering = false;
        if (_queue.Count > 0)
        {
            _scheduler.Schedule(_timer, _queue.NextDue);
        }
    }

    private void Deliver(in PipeTurn turn)
    {
        int warm = 1;
        for (int place = turn.First; place >= 0; place = _queue.PlaceAfter(place, turn))
        {
            if (warm == 0)
            {
                warm = _queue.TouchEvents(place, turn, WarmedAtOnce, ref _sum);
            }

            warm--;
            PipeEvent taken = _queue.Take(place);
            if (taken.Kind == PipeEventKind.Data)
            {
                ReadOnlyMemory<byte> bytes = _queue.BytesOf(taken);
                BytesDelivered += bytes.Length;
                taken.Target.Arrive(bytes);
            }
            else
            {
                taken.Target.Happen(taken.Kind, taken.Reason);
            }

            _queue.Release(taken);
        }

        _queue.Finish(turn);
        _nodes[turn.Node].AfterArrivals();
    }
}
