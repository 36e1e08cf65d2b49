using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Security.Cryptography;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Tcp;

/// <summary>Segments in: checks, the connection or the listener, what nobody wants, and ICMP errors.</summary>
public sealed partial class TcpTable
{
    /// <summary>A segment for this namespace, over either family. Takes ownership.</summary>
    public void Receive(Frame frame, NetDevice device) => Receive(frame, device, null);

    /// <summary>The same; <paramref name="known"/> is the segment's connection, if IP has found it already.</summary>
    internal void Receive(Frame frame, NetDevice device, TcpConnection? known)
    {
        _counters.InSegs++;
        TcpSegment segment = default;
        DropReason reason = Parse(frame, device, ref segment);
        if (reason != DropReason.None)
        {
            _counters.InErrs++;
            _space.Drop(frame, reason);
            return;
        }

        TcpConnection? connection =
            known ?? _connections.Find(segment.Destination, segment.DestinationPort, segment.Source, segment.SourcePort);
        if (known is null && connection is { State: TcpState.Established, RemoteAddress.IsIPv4: true } && Settings.EarlyDemux)
        {
            _space.IPv4.NoteEarly(frame, device, connection);
        }

        if (connection is not null && connection.MayBeReopened(segment, out uint sequence)
            && FindListener(segment) is TcpListener listener)
        {
            connection.Reopen();
            connection = null;
            reason = Listen(listener, segment, sequence);
        }
        else
        {
            reason = connection is not null ? ReceiveConnected(connection, ref segment) : ReceiveUnconnected(segment);
        }

        if (reason == DropReason.None)
        {
            frame.Deliver();
        }
        else
        {
            _space.Drop(frame, reason);
        }

        connection?.RaiseEvents();
    }

    /// <summary>
    /// An ICMP error about a packet that this namespace sent. <paramref name="offending"/> is what it quotes, from its IP
    /// header on; <paramref name="information"/> the MTU of "too big".
    /// </summary>
    public void Error(ReadOnlySpan<byte> offending, byte type, byte code, uint information, InternetAddress reporter)
    {
        bool isIPv4 = offending[0] >> 4 == 4;
        int headerLength = isIPv4 ? (offending[0] & 0xF) * 4 : IPv6Header.Size;
        ReadOnlySpan<byte> tcp = offending[headerLength..];
        if (tcp.Length < 8)
        {
            return;
        }

        TcpConnection? connection = FindQuoted(offending, isIPv4, tcp);
        if (connection is null)
        {
            return;
        }

        if (!connection.IsInFlight(BinaryPrimitives.ReadUInt32BigEndian(tcp[4..])))
        {
            _counters.OutOfWindowIcmps++;
            return;
        }

        ErrorReported?.Invoke(connection, new IcmpError(reporter, 0, type, code, information, 0));
        Handling = connection;
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
        bool tooBig = isIPv4
            ? type == (byte)IcmpType.DestinationUnreachable && code == IcmpCode.FragmentationNeeded
            : type == (byte)Icmpv6Type.PacketTooBig;
        if (tooBig)
        {
            connection.PathMtuChanged();
        }
        else
        {
            connection.ReceiveError(sequence, ReasonOf(isIPv4, type, code));
        }

        Handling = null;
        connection.RaiseEvents();
    }

    /// <summary>
    /// True if an ICMP error quotes a segment that a connection of this namespace has in flight. The path MTU is learned from no
    /// other (RFC 5927 section 7.2; tcp_v4_err). The quoted packet has at least eight bytes behind its IP header.
    /// </summary>
    internal bool Expects(ReadOnlySpan<byte> offending)
    {
        bool isIPv4 = offending[0] >> 4 == 4;
        ReadOnlySpan<byte> tcp = offending[(isIPv4 ? (offending[0] & 0xF) * 4 : IPv6Header.Size)..];
        TcpConnection? connection = tcp.Length < 8 ? null : FindQuoted(offending, isIPv4, tcp);
        return connection is not null && connection.IsInFlight(BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]));
    }

    private TcpConnection? FindQuoted(ReadOnlySpan<byte> offending, bool isIPv4, ReadOnlySpan<byte> tcp)
    {
        InternetAddress source;
        InternetAddress destination;
        if (isIPv4)
        {
            source = IPv4Address.Read(offending[IPv4Header.SourceOffset..]);
            destination = IPv4Address.Read(offending[IPv4Header.DestinationOffset..]);
        }
        else
        {
            source = IPv6Address.Read(offending[IPv6Header.SourceOffset..]);
            destination = IPv6Address.Read(offending[IPv6Header.DestinationOffset..]);
        }

        return _connections.Find(
            source, BinaryPrimitives.ReadUInt16BigEndian(tcp), destination, BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]));
    }

    /// <summary>icmp_err_convert: a closed port or a missing protocol refuses, everything else is out of reach.</summary>
    private static StreamCloseReason ReasonOf(bool isIPv4, byte type, byte code)
    {
        bool refused = isIPv4
            ? type == (byte)IcmpType.DestinationUnreachable && code is IcmpCode.PortUnreachable or IcmpCode.ProtocolUnreachable
            : type == (byte)Icmpv6Type.DestinationUnreachable && code == Icmpv6Code.PortUnreachable;
        return refused ? StreamCloseReason.Refused : StreamCloseReason.Unreachable;
    }

    private DropReason Parse(Frame frame, NetDevice device, ref TcpSegment segment)
    {
        if (frame.Type != PacketType.Host)
        {
            return DropReason.TcpInvalid;
        }

        Span<byte> packet = frame.Bytes[IPv4Stack.NetworkOffset..];
        uint pseudo = 0;
        bool check = (frame.Flags & FrameFlags.TransportChecked) == 0;
        if (packet[0] >> 4 == 4)
        {
            IPv4Header ip = new(packet);
            segment.Source = ip.Source;
            segment.Destination = ip.Destination;
            segment.Ttl = ip.Ttl;
            segment.TrafficClass = ip.TrafficClass;
            segment.Bytes = ip.Payload;
            if (check)
            {
                pseudo = InternetChecksum.PseudoHeader(ip.Source, ip.Destination, IPProtocol.Tcp, segment.Bytes.Length);
            }
        }
        else
        {
            IPv6Header ip = new(packet);
            segment.Source = ip.Source;
            segment.Destination = ip.Destination;
            segment.Ttl = ip.HopLimit;
            segment.TrafficClass = ip.TrafficClass;
            segment.Bytes = ip.Payload;
            if (check)
            {
                pseudo = InternetChecksum.PseudoHeader(ip.Source, ip.Destination, IPProtocol.Tcp, segment.Bytes.Length);
            }
        }

        if (TcpHeader.TryParse(segment.Bytes, out TcpHeader header) != WireError.None)
        {
            return DropReason.MalformedTcp;
        }

        if (check && InternetChecksum.Finish(InternetChecksum.Sum(segment.Bytes, pseudo)) != 0)
        {
            _counters.InCsumErrors++;
            return DropReason.BadTcpChecksum;
        }

        segment.Device = device;
        segment.SourcePort = header.SourcePort;
        segment.DestinationPort = header.DestinationPort;
        segment.SequenceNumber = header.SequenceNumber;
        segment.AcknowledgmentNumber = header.AcknowledgmentNumber;
        segment.Flags = header.Flags;
        segment.Window = header.Window;
        segment.Payload = header.Payload;
        segment.Options.Read(header);
        return DropReason.None;
    }

    private DropReason ReceiveConnected(TcpConnection connection, ref TcpSegment segment)
    {
        DropReason reason = CheckProtection(segment, connection.MinimumTtl, connection.SignatureKey);
        if (reason != DropReason.None)
        {
            return reason;
        }

        Handling = connection;
        reason = connection.Receive(ref segment);
        Handling = null;
        return reason;
    }

    /// <summary>GTSM (RFC 5082 section 3) and the MD5 signature (RFC 2385 section 4.1): silence for who has neither.</summary>
    private DropReason CheckProtection(in TcpSegment segment, byte minimumTtl, byte[]? key)
    {
        if (segment.Ttl < minimumTtl)
        {
            return DropReason.TtlSecurity;
        }

        if (key is null && segment.Options.Signature.Length == 0)
        {
            return DropReason.None;
        }

        if (key is not null && segment.Options.Signature.Length == TcpSignature.Size)
        {
            Span<byte> expected = stackalloc byte[TcpSignature.Size];
            TcpSignature.Compute(segment.Source, segment.Destination, segment.Bytes, key, expected);
            if (CryptographicOperations.FixedTimeEquals(expected, segment.Options.Signature))
            {
                return DropReason.None;
            }
        }

        _counters.Md5Failures++;
        return DropReason.TcpMd5Failure;
    }

    /// <summary>No connection: a listener's SYN, or nobody's segment (RFC 9293 sections 3.10.7.1 and 3.10.7.2).</summary>
    private DropReason ReceiveUnconnected(in TcpSegment segment)
    {
        TcpListener? listener = FindListener(segment);
        if (listener is null)
        {
            SendReset(segment);
            return DropReason.TcpNoSocket;
        }

        if (segment.Has(TcpFlags.Rst))
        {
            return DropReason.TcpInvalid;
        }

        if (segment.Has(TcpFlags.Ack))
        {
            SendReset(segment);
            return DropReason.TcpInvalid;
        }

        return segment.Has(TcpFlags.Syn) ? Listen(listener, segment, NextInitialSequence()) : DropReason.TcpInvalid;
    }

    private DropReason Listen(TcpListener listener, in TcpSegment segment, uint initialSequence)
    {
        StreamOptions options = listener.OptionsFor(segment.Source);
        DropReason reason =
            CheckProtection(segment, options.MinimumTtl, options.Md5Key is null ? null : KeyBytes(options.Md5Key));
        if (reason != DropReason.None)
        {
            return reason;
        }

        if (listener.HalfOpen >= listener.Backlog || listener.IsAcceptQueueFull)
        {
            _counters.ListenOverflows++;
            return DropReason.TcpListenOverflow;
        }

        _counters.PassiveOpens++;
        TcpConnection connection =
            new(this, segment.Destination, segment.DestinationPort, segment.Source, segment.SourcePort, options);
        _connections.Add(connection);
        listener.Begin();
        connection.StartPassive(listener, segment, initialSequence);
        return DropReason.None;
    }

    private TcpListener? FindListener(in TcpSegment segment)
    {
        if (!_listeners.TryGetValue(segment.DestinationPort, out List<TcpListener>? listeners))
        {
            return null;
        }

        TcpListener? best = null;
        foreach (TcpListener listener in listeners)
        {
            if (listener.LocalAddress == segment.Destination)
            {
                return listener;
            }

            if (listener.Takes(segment.Destination))
            {
                best ??= listener;
            }
        }

        return best;
    }
}
