using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Bgp.Pipe;

/// <summary>
/// Byte streams between emulated nodes without packets: the same bytes, one constant delay, no loss. For experiments where
/// the network below BGP is not the point; it knows no links, so it can't show their failure.
/// </summary>
/// <remarks>
/// As the delay is constant, what is sent first arrives first. Each node has an inbox, and one queue says which node's turn
/// it is: of the same instant a node gets everything in one go, in the order of sending, while its tables are in the cache.
/// Nodes can't tell, as nothing that one of them does now reaches another before the delay is over.
/// </remarks>
public sealed class PipeNetwork
{
    private readonly IScheduler _scheduler;
    private readonly Duration _delay;
    private readonly CallbackTimer _timer;
    private readonly Ring<Turn> _turns = new();
    private readonly List<PipeTransport?> _owners = [];
    private readonly Dictionary<InternetAddress, int> _numbers = [];
    private readonly List<InternetAddress> _addresses = [];

    /// <param name="scheduler">Virtual time.</param>
    /// <param name="delay">From a write to its arrival.</param>
    public PipeNetwork(IScheduler scheduler, Duration delay)
    {
        _scheduler = scheduler;
        _delay = delay;
        _timer = new CallbackTimer(DeliverDue);
    }

    /// <summary>How many nodes something is on its way to, a node once for each instant; 0 when the network is quiet.</summary>
    public int InFlight => _turns.Count;

    /// <summary>Bytes delivered since the start.</summary>
    public long BytesDelivered { get; private set; }

    /// <summary>Adds a node with its addresses; the first one is the source of its connections by default.</summary>
    public PipeTransport AddNode(params InternetAddress[] addresses)
    {
        PipeTransport transport = new(this, addresses);
        foreach (InternetAddress address in addresses)
        {
            int number = NumberOf(address);
            if (_owners[number] is not null)
            {
                throw new ArgumentException($"{address} belongs to another node", nameof(addresses));
            }

            _owners[number] = transport;
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
        if (!_numbers.TryGetValue(address, out int number))
        {
            number = _addresses.Count;
            _addresses.Add(address);
            _owners.Add(null);
            _numbers.Add(address, number);
        }

        return number;
    }

    internal InternetAddress AddressOf(int number) => _addresses[number];

    /// <summary>The node that has an address; null for nobody.</summary>
    internal PipeTransport? OwnerOf(int number) => _owners[number];

    internal void RemoveNode(PipeTransport transport)
    {
        foreach (InternetAddress address in transport.Addresses)
        {
            _owners[NumberOf(address)] = null;
        }
    }

    /// <summary>Has something happen at a stream after the delay; at a node's side of it.</summary>
    internal void Send(PipeTransport node, PipeStream target, PipeEventKind kind, StreamCloseReason reason = default)
    {
        SimTime due = Announce(node);
        node.Inbox.Enqueue(new PipeEvent(due, target, kind) { Reason = reason });
    }

    /// <summary>Has bytes arrive at a stream after the delay.</summary>
    internal void Send(PipeTransport node, PipeStream target, ReadOnlySpan<byte> bytes)
    {
        SimTime due = Announce(node);
        node.Inbox.Enqueue(target, due, bytes);
    }

    /// <summary>Has bytes that never change arrive at a stream after the delay, without a copy.</summary>
    internal void SendShared(PipeTransport node, PipeStream target, ReadOnlyMemory<byte> bytes)
    {
        SimTime due = Announce(node);
        node.Inbox.Enqueue(new PipeEvent(due, target, PipeEventKind.SharedData) { Shared = bytes });
    }

    /// <summary>Makes sure that it is the node's turn after the delay; when that is.</summary>
    private SimTime Announce(PipeTransport node)
    {
        SimTime due = _scheduler.Now + _delay;
        if (node.Inbox.LastDue != due)
        {
            _turns.Enqueue(new Turn(due, node));
            if (!_timer.IsArmed)
            {
                _scheduler.Schedule(_timer, due);
            }
        }

        return due;
    }

    private void DeliverDue()
    {
        SimTime now = _scheduler.Now;
        while (_turns.Count > 0 && _turns.First.Due <= now)
        {
            PipeInbox inbox = _turns.Dequeue().Node.Inbox;
            while (inbox.NextDue <= now)
            {
                PipeEvent next = inbox.Dequeue(out ReadOnlyMemory<byte> bytes);
                Deliver(next, bytes);
            }
        }

        if (_turns.Count > 0 && !(_timer.IsArmed && _timer.Due == _turns.First.Due))
        {
            _scheduler.Schedule(_timer, _turns.First.Due);
        }
    }

    private void Deliver(in PipeEvent next, ReadOnlyMemory<byte> bytes)
    {
        if (next.Kind > PipeEventKind.SharedData)
        {
            next.Target.Happen(next.Kind, next.Reason);
            return;
        }

        BytesDelivered += bytes.Length;
        next.Target.Arrive(bytes);
    }

    /// <summary>A node has something in its inbox for an instant.</summary>
    private readonly record struct Turn(SimTime Due, PipeTransport Node);
}
