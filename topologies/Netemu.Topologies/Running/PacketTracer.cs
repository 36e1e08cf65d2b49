using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;
using Netemu.Topologies.Cluster;

namespace Netemu.Topologies.Running;

/// <summary>Sends one probe packet and writes down every decision on its way: device, FDB entry, route, rule, drop reason.</summary>
public sealed class PacketTracer : IPingHandler, IUdpHandler
{
    private static readonly Duration Patience = Duration.FromSeconds(5);
    private static readonly Duration Aftermath = Duration.FromSeconds(1);

    /// <summary>A port that no program of the sender is likely to have: the answer to the SYN meets a reset.</summary>
    private const ushort SynPort = 40_404;

    private bool _answered;

    /// <summary>True once an answer, or an error about the packet, has come back.</summary>
    public bool IsAnswered => _answered;

    /// <summary>A SYN has reached a stack; what that makes of it is no longer the packet's way.</summary>
    public bool IsDelivered { get; private set; }

    /// <summary>Why the packet ended on its way; null if it did not.</summary>
    public DropReason? Dropped { get; private set; }

    /// <summary>The namespace in which it was dropped; null if it was not.</summary>
    public string? DroppedAt { get; private set; }

    /// <summary>The errno of sending; none if the packet left.</summary>
    public Errno Error { get; private set; }

    /// <summary>The ICMP error that came back; null for none.</summary>
    public IcmpError? Reported { get; private set; }

    /// <summary>Sends an echo request, or a UDP datagram if there is a port, and runs until it has ended.</summary>
    public PacketTrace Send(RunSession session, NetworkNamespace from, InternetAddress to, int? port)
    {
        PacketTrace trace = new();
        PingSocket? ping = null;
        UdpSocket? udp = null;
        session.RunAt(session.Now, () =>
        {
            if (port is { } number)
            {
                udp = from.Udp.Open(default, 0, this, out Errno error);
                Error = udp?.SendTo(to, (ushort)number, "netemu trace"u8, trace) ?? error;
            }
            else
            {
                ping = new PingSocket(from, this);
                Error = ping.Send(to, 1, PingOptions.Default, trace);
            }
        });
        if (Error == Errno.None)
        {
            session.RunUntil(session.Now + Patience, () => _answered || HasEnded(trace));
            Follow(session, trace);
        }

        ping?.Close();
        udp?.Close();
        return trace;
    }

    public void OnEchoReply(PingSocket socket, InternetAddress from, ushort sequence, byte ttl, int size) => _answered = true;

    public void OnError(PingSocket socket, IcmpError error) => Note(error);

    public void OnDatagram(UdpSocket socket, InternetAddress from, ushort port, InternetAddress to, ReadOnlySpan<byte> payload) =>
        _answered = true;

    public void OnError(UdpSocket socket, IcmpError error) => Note(error);

    /// <summary>Sends a TCP segment with SYN, and runs until it has reached a stack or has ended.</summary>
    public PacketTrace SendSyn(RunSession session, NetworkNamespace from, InternetAddress to, int port)
    {
        PacketTrace trace = new();
        ConnectPacket syn = new(IPProtocol.Tcp, to) { SourcePort = SynPort, DestinationPort = (ushort)port, Flags = TcpFlags.Syn, Sequence = 1 };
        session.RunAt(session.Now, () => Error = syn.Send(from, trace));
        if (Error == Errno.None)
        {
            session.RunUntil(session.Now + Patience, () => HasEnded(trace) || EndOf(trace) is { Stage: TraceStage.Deliver });
            Follow(session, trace);
        }

        IsDelivered = EndOf(trace) is { Stage: TraceStage.Deliver };
        return trace;
    }

    /// <summary>After a drop: what the packet has set off, copies and the ICMP error about it, goes on its way too.</summary>
    private void Follow(RunSession session, PacketTrace trace)
    {
        if (EndOf(trace) is not { Stage: TraceStage.Drop } end)
        {
            return;
        }

        session.RunUntil(session.Now + Aftermath, () => _answered || !IsAnyUnderWay(trace));
        if (!_answered || Reported is not null)
        {
            (Dropped, DroppedAt) = (end.Drop, end.Namespace);
        }
    }

    /// <summary>Whether a copy, or a packet that this one made others send, has left a device and not arrived.</summary>
    private static bool IsAnyUnderWay(PacketTrace trace)
    {
        Dictionary<int, TraceStage> last = [];
        foreach (TraceEvent each in trace.Events)
        {
            last[each.Branch] = each.Stage;
        }

        return last.ContainsValue(TraceStage.Transmit) || last.ContainsValue(TraceStage.Neighbour);
    }

    /// <summary>The last event of the packet itself, if it is one that ends it.</summary>
    private static TraceEvent? EndOf(PacketTrace trace)
    {
        for (int i = trace.Events.Count - 1; i >= 0; i--)
        {
            TraceEvent each = trace.Events[i];
            if (each.Branch == 0)
            {
                return each.Stage is TraceStage.Drop or TraceStage.Deliver ? each : null;
            }
        }

        return null;
    }

    /// <summary>The packet itself (not a clone) was dropped.</summary>
    private static bool HasEnded(PacketTrace trace) =>
        trace.Events.Count > 0 && trace.Events[^1] is { Stage: TraceStage.Drop, Branch: 0 };

    private void Note(IcmpError error)
    {
        _answered = true;
        Reported = error;
    }
}
