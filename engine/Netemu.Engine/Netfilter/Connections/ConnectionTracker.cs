using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Netfilter.Evaluation;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.Netfilter.Connections;

/// <summary>
/// Finds or begins the connection of each packet at Prerouting and LocalOut (nf_conntrack_in), and writes the answer on
/// the frame. Windows of TCP are not checked, as with nf_conntrack_tcp_be_liberal.
/// </summary>
internal sealed partial class ConnectionTracker(ConnectionTable table) : IUniformHook
{
    private const long Second = 1_000_000_000;

    public HookVerdict Evaluate(
        NetworkNamespace space, HookPoint point, AddressFamily family, Frame frame, NetDevice? input, NetDevice? output)
    {
        if (frame.Connection is not null)
        {
            // Tracked before: over loopback, or made by a reject as part of the connection that it answers.
            if (input is null or { IsLoopback: true })
            {
                return HookVerdict.Accept;
            }

            frame.Connection = null;
        }

        if ((frame.Flags & FrameFlags.Untracked) != 0)
        {
            frame.ConnectionState = ConnectionState.Untracked;
            return HookVerdict.Accept;
        }

        if (frame.Trace is null)
        {
            return IsKnown(frame, family) ? HookVerdict.Accept : Look(space, point, family, frame, input, output);
        }

        HookVerdict verdict = IsKnown(frame, family) ? HookVerdict.Accept : Look(space, point, family, frame, input, output);
        if (verdict == HookVerdict.Accept)
        {
            TraceStage stage = point == HookPoint.Prerouting ? TraceStage.Prerouting : TraceStage.LocalOut;
            frame.Trace.Add(space, stage, Describe(frame), output ?? input);
        }

        return verdict;
    }

    /// <summary>As `conntrack: NEW Tcp 10.0.0.2:40000 > 10.96.0.1:80`, with the answers' tuple if that is not the inverse.</summary>
    private static string Describe(Frame frame)
    {
        string state = frame.ConnectionState switch
        {
            ConnectionState.New => "NEW",
            ConnectionState.Established => "ESTABLISHED",
            ConnectionState.EstablishedReply => "ESTABLISHED, a reply",
            ConnectionState.Related => "RELATED",
            ConnectionState.RelatedReply => "RELATED, against the reply direction",
            ConnectionState.Untracked => "UNTRACKED",
            _ => "INVALID",
        };
        if (frame.Connection is not Connection connection)
        {
            return $"conntrack: {state}";
        }

        string answers = connection.Reply == connection.Original.Invert() ? string.Empty : $", answers {connection.Reply}";
        return $"conntrack: {state} of {connection.Original}{answers}";
    }

    /// <summary>
    /// The short way of most packets: those that <see cref="FlowPacket"/> can tell, of a connection in the table. False says
    /// that the packet must go the long way; nothing has changed then.
    /// </summary>
    private bool IsKnown(Frame frame, AddressFamily family)
    {
        if (!FlowPacket.TryRead(frame, family, out FlowPacket packet)
            || table.Find(packet.Tuple, out bool reply) is not Connection connection)
        {
            return false;
        }

        if (packet.Tuple.Protocol == IPProtocol.Udp)
        {
            Join(frame, connection, reply);
            Refresh(connection, IPProtocol.Udp, table.Now);
            return true;
        }

        if (!AdvanceTcp(connection, packet.Flags, reply, table.Now, out _))
        {
            return false;
        }

        Join(frame, connection, reply);
        return true;
    }

    private HookVerdict Look(
        NetworkNamespace space, HookPoint point, AddressFamily family, Frame frame, NetDevice? input, NetDevice? output)
    {
        PacketView view = new(space, point, family, frame, input, output);
        view.ReadHeaders(view.Packet);
        frame.ConnectionState = ConnectionState.Invalid;
        if (view.IsLaterFragment || !TryTuple(ref view, view.Packet, out ConnectionTuple tuple)
            || (point == HookPoint.Prerouting && !HasGoodChecksum(ref view)))
        {
            return HookVerdict.Accept;
        }

        if (view.Protocol is IPProtocol.Icmp or IPProtocol.Icmpv6)
        {
            if (view.Protocol == IPProtocol.Icmpv6 && IcmpQueries.IsUntracked(view.IcmpType))
            {
                frame.ConnectionState = ConnectionState.Untracked;
                return HookVerdict.Accept;
            }

            if (IcmpQueries.IsError(view.Protocol, view.IcmpType))
            {
                Relate(ref view);
                return HookVerdict.Accept;
            }

            if (!IcmpQueries.IsQuery(view.Protocol, view.IcmpType))
            {
                return HookVerdict.Accept;
            }
        }

        return Track(ref view, tuple);
    }

    /// <summary>The tuple of the packet's direction; false if its transport header is cut short.</summary>
    private static bool TryTuple(ref PacketView view, ReadOnlySpan<byte> packet, out ConnectionTuple tuple)
    {
        ushort source = view.SourcePort;
        ushort destination = view.DestinationPort;
        tuple = default;
        switch (view.Protocol)
        {
            case IPProtocol.Tcp or IPProtocol.Udp or IPProtocol.UdpLite or IPProtocol.Sctp:
                if (!view.HasTransport)
                {
                    return false;
                }

                break;
            case IPProtocol.Icmp or IPProtocol.Icmpv6:
                if (packet.Length < view.TransportOffset + 8)
                {
                    return false;
                }

                source = BinaryPrimitives.ReadUInt16BigEndian(packet[(view.TransportOffset + 4)..]);
                destination = (ushort)((view.IcmpType << 8) | view.IcmpCode);
                break;
        }

        tuple = new ConnectionTuple(
            view.SourceHigh,
            view.SourceLow,
            view.DestinationHigh,
            view.DestinationLow,
            ConnectionTuple.Select(source, destination, view.Protocol, view.Family));
        return true;
    }

    /// <summary>net.netfilter.nf_conntrack_checksum: what arrives damaged is invalid.</summary>
    private static bool HasGoodChecksum(ref PacketView view)
    {
        Frame frame = view.Frame;
        if ((frame.Flags & FrameFlags.TransportChecked) != 0)
        {
            return true;
        }

        ReadOnlySpan<byte> segment = view.Packet[view.TransportOffset..];
        bool good = view.Protocol switch
        {
            IPProtocol.Tcp => TransportChecksum.IsRight(view.Source, view.Destination, view.Protocol, segment),
            IPProtocol.Udp => (segment[6] | segment[7]) == 0
                ? view.Family == AddressFamily.IPv4
                : TransportChecksum.IsRight(view.Source, view.Destination, view.Protocol, segment),
            IPProtocol.Icmp => InternetChecksum.Compute(segment) == 0,
            IPProtocol.Icmpv6 => TransportChecksum.IsRight(view.Source, view.Destination, view.Protocol, segment),
            _ => true,
        };
        if (good)
        {
            frame.Flags |= FrameFlags.TransportChecked;
        }

        return good;
    }

    /// <summary>An ICMP error belongs to the connection of the packet that it quotes (nf_conntrack_inet_error).</summary>
    private void Relate(ref PacketView view)
    {
        ReadOnlySpan<byte> quoted = view.Packet[(view.TransportOffset + 8)..];
        bool complete = view.Family == AddressFamily.IPv4
            ? quoted.Length >= IPv4Header.MinimumSize && quoted[0] >> 4 == 4 && (quoted[0] & 0xF) >= 5
                && quoted.Length >= ((quoted[0] & 0xF) * 4) + 8
            : quoted.Length >= IPv6Header.Size + 8 && quoted[0] >> 4 == 6;
        if (!complete)
        {
            return;
        }

        PacketView inner = new(view.Space, view.Hook, view.Family, view.Frame, view.Input, view.Output);
        inner.ReadHeaders(quoted);
        if (inner.IsLaterFragment || !TryTuple(ref inner, quoted, out ConnectionTuple tuple))
        {
            return;
        }

        Connection? connection = table.Find(tuple.Invert(), out bool reply);
        if (connection is null)
        {
            return;
        }

        // The error must go where an answer would have gone, else it was made up.
        ref readonly ConnectionTuple expected = ref connection.Tuple(reply);
        if (expected.DestinationHigh != view.DestinationHigh || expected.DestinationLow != view.DestinationLow)
        {
            return;
        }

        view.Frame.Connection = connection;
        view.Frame.ConnectionState = reply ? ConnectionState.RelatedReply : ConnectionState.Related;
    }

    private HookVerdict Track(ref PacketView view, in ConnectionTuple tuple)
    {
        Frame frame = view.Frame;
        while (true)
        {
            Connection? connection = table.Find(tuple, out bool reply);
            if (connection is null)
            {
                return Begin(ref view, tuple);
            }

            if (view.Protocol == IPProtocol.Tcp && !AdvanceTcp(connection, view.TcpFlags, reply, table.Now, out bool reopen))
            {
                if (reopen)
                {
                    // A SYN for a connection that is over: a new one begins (nf_conntrack_tcp_packet, -NF_REPEAT).
                    table.Remove(connection);
                    continue;
                }

                return HookVerdict.Accept;
            }

            Join(frame, connection, reply);
            if (view.Protocol != IPProtocol.Tcp)
            {
                Refresh(connection, view.Protocol, table.Now);
            }

            return HookVerdict.Accept;
        }
    }

    /// <summary>The packet belongs to a connection: established once there was an answer.</summary>
    private void Join(Frame frame, Connection connection, bool reply)
    {
        table.Found++;
        frame.Connection = connection;
        if (reply)
        {
            frame.ConnectionState = ConnectionState.EstablishedReply;
            connection.Status |= ConnectionStatus.SeenReply;
        }
        else
        {
            frame.ConnectionState = (connection.Status & ConnectionStatus.SeenReply) != 0
                ? ConnectionState.Established
                : ConnectionState.New;
        }
    }

    private HookVerdict Begin(ref PacketView view, in ConnectionTuple tuple)
    {
        TcpConnectionState state = TcpConnectionState.None;
        long timeout = table.Settings.Generic * Second;
        switch (view.Protocol)
        {
            case IPProtocol.Tcp:
                // What is not a SYN but could be the middle of a connection is picked up (nf_conntrack_tcp_loose).
                state = TcpTransitions.Next(TcpConnectionState.None, view.TcpFlags, reply: false);
                if (state >= TcpConnectionState.Invalid)
                {
                    return HookVerdict.Accept;
                }

                timeout = state == TcpConnectionState.Established
                    ? table.Settings.Unacknowledged * Second
                    : table.Settings.Of(state) * Second;
                break;
            case IPProtocol.Udp or IPProtocol.UdpLite:
                timeout = table.Settings.Udp * Second;
                break;
            case IPProtocol.Icmp or IPProtocol.Icmpv6:
                if (!IcmpQueries.IsRequest(view.Protocol, view.IcmpType))
                {
                    return HookVerdict.Accept;
                }

                timeout = table.Settings.Icmp * Second;
                break;
        }

        if (!table.MakeRoom())
        {
            view.Space.Drop(view.Frame, DropReason.ConntrackTableFull);
            return HookVerdict.Stolen;
        }

        Connection connection = new(table, tuple) { TcpState = state, ExpiresAt = table.Now + timeout };
        view.Frame.Connection = connection;
        view.Frame.ConnectionState = ConnectionState.New;
        return HookVerdict.Accept;
    }

    private void Refresh(Connection connection, IPProtocol protocol, long now)
    {
        switch (protocol)
        {
            case IPProtocol.Udp or IPProtocol.UdpLite:
                // A stream is what still goes both ways two seconds after it began (udp.stream_ts).
                bool stream = (connection.Status & ConnectionStatus.SeenReply) != 0 && now > connection.ConfirmedAt + (2 * Second);
                connection.ExpiresAt = now + ((stream ? table.Settings.UdpStream : table.Settings.Udp) * Second);
                if (stream)
                {
                    connection.Status |= ConnectionStatus.Assured;
                }

                break;
            case IPProtocol.Icmp or IPProtocol.Icmpv6:
                connection.ExpiresAt = now + (table.Settings.Icmp * Second);
                break;
            default:
                connection.ExpiresAt = now + (table.Settings.Generic * Second);
                break;
        }
    }

    /// <summary>False if the segment is invalid there, or begins the connection anew.</summary>
    private bool AdvanceTcp(Connection connection, TcpFlags flags, bool reply, long now, out bool reopen)
    {
        TcpConnectionState old = connection.TcpState;
        TcpConnectionState next = TcpTransitions.Next(old, flags, reply);
        reopen = next == TcpConnectionState.SynSent && old >= TcpConnectionState.TimeWait && old != TcpConnectionState.SynSent2;
        if (next == TcpConnectionState.Invalid || reopen)
        {
            return false;
        }

        if (next == TcpConnectionState.Ignore)
        {
            return true;
        }

        // As it was before this segment: a first answer that is a reset ends the connection at once.
        bool seenReply = (connection.Status & ConnectionStatus.SeenReply) != 0;
        if (!seenReply && (flags & TcpFlags.Rst) != 0)
        {
            // Refused or given up: the packet passes, the connection is forgotten.
            connection.TcpState = next;
            table.Remove(connection);
            return true;
        }

        if (seenReply && next == TcpConnectionState.Established
            && old is TcpConnectionState.SynReceived or TcpConnectionState.Established)
        {
            connection.Status |= ConnectionStatus.Assured;
        }

        connection.TcpState = next;
        long timeout = table.Settings.Of(next) * Second;
        if (!seenReply && next == TcpConnectionState.Established)
        {
            timeout = Math.Min(timeout, table.Settings.Unacknowledged * Second);
        }

        connection.ExpiresAt = now + timeout;
        return true;
    }
}
