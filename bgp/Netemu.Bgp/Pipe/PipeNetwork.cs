using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Bgp.Pipe;

/// <summary>
/// Byte streams between emulated nodes without packets: the same bytes, one constant delay, no loss. For experiments
/// where
/// the network below BGP is not the point; it knows no links, so it can't show their failure.
/// </summary>
/// <remarks>
/// As the delay is constant, what is sent first arrives first: one queue of events in the order of sending, one timer
/// at
/// its head, and the bytes one after the other in pages that are used again.
/// </remarks>
public sealed class PipeNetwork
{
    private readonly IScheduler _scheduler;
    private readonly Duration _delay;
    private readonly CallbackTimer _timer;
    private readonly PipeQueue _events = new();
    private readonly PipePages _pages = new();
    private readonly Queue<ReadOnlyMemory<byte>> _shared = [];
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

    /// <summary>Events on their way.</summary>
    public int InFlight => _events.Count;

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

    /// <summary>Has something happen at a stream after the delay.</summary>
    internal void Send(PipeStream target, PipeEventKind kind, StreamCloseReason reason = default) =>
        Enqueue(new PipeEvent(_scheduler.Now + _delay, target, kind, reason, 0));

    /// <summary>Has bytes arrive at a stream after the delay.</summary>
    internal void Send(PipeStream target, ReadOnlySpan<byte> bytes)
    {
        _pages.Append(bytes);
        SimTime due = _scheduler.Now + _delay;
        if (!_events.TryExtend(target, due, bytes.Length))
        {
            Enqueue(new PipeEvent(due, target, PipeEventKind.Data, default, bytes.Length));
        }
    }

    /// <summary>Has bytes that never change arrive at a stream after the delay, without a copy.</summary>
    internal void SendShared(PipeStream target, ReadOnlyMemory<byte> bytes)
    {
        _shared.Enqueue(bytes);
        Enqueue(new PipeEvent(_scheduler.Now + _delay, target, PipeEventKind.SharedData, default, bytes.Length));
    }

    private void Enqueue(PipeEvent pipeEvent)
    {
        _events.Enqueue(pipeEvent);
        if (!_timer.IsArmed)
        {
            _scheduler.Schedule(_timer, pipeEvent.Due);
        }
    }

    private void DeliverDue()
    {
        SimTime now = _scheduler.Now;
        while (_events.NextDue <= now)
        {
            Deliver(_events.Take());
        }

        if (_events.Count > 0 && !(_timer.IsArmed && _timer.Due == _events.NextDue))
        {
            _scheduler.Schedule(_timer, _events.NextDue);
        }
    }

    private void Deliver(in PipeEvent next)
    {
        if (next.Kind > PipeEventKind.SharedData)
        {
            next.Target.Happen(next.Kind, next.Reason);
            return;
        }

        BytesDelivered += next.Length;
        if (next.Kind == PipeEventKind.SharedData)
        {
            next.Target.Arrive(_shared.Dequeue());
            return;
        }

        int left = next.Length;
        while (left > 0)
        {
            ReadOnlyMemory<byte> bytes = _pages.Take(left);
            left -= bytes.Length;
            next.Target.Arrive(bytes);
        }
    }
}
