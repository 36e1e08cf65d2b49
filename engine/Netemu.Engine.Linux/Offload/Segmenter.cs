using System;
using System.Buffers.Binary;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Linux.Offload;

/// <summary>
/// Does what the kernel left to the network card: completes checksums, and cuts super-packets (TSO, USO) into frames as
/// they would be on the wire. Inside the emulation bytes always carry true checksums.
/// </summary>
/// <remarks>
/// Follows net/ipv4/tcp_offload.c (tcp_gso_segment), udp_offload.c (__udp_gso_segment) and af_inet.c (inet_gso_segment):
/// IPv4 identifications count up; FIN and PSH stay with the last segment, CWR with the first.
/// </remarks>
public ref struct Segmenter
{
    private const int TcpFlagsOffset = 13;
    private const int TcpSequenceOffset = 4;
    private const int UdpLengthOffset = 4;
    private const TcpFlags LastOnly = TcpFlags.Fin | TcpFlags.Psh;

    private readonly VirtioNetHeader _offload;
    private readonly Span<byte> _packet;
    private readonly int _network;
    private readonly int _transport;
    private readonly int _headers;
    private readonly bool _isIPv6;
    private readonly bool _isUdp;
    private readonly uint _pseudoHeader;
    private int _offset;
    private int _index;

    private Segmenter(in VirtioNetHeader offload, Span<byte> packet, int network, bool isIPv6, bool isUdp, int headers, uint pseudoHeader)
    {
        _offload = offload;
        _packet = packet;
        _network = network;
        _transport = offload.ChecksumStart;
        _isIPv6 = isIPv6;
        _isUdp = isUdp;
        _headers = headers;
        _pseudoHeader = pseudoHeader;
        _offset = headers;
        Count = Math.Max(1, (packet.Length - headers + offload.SegmentSize - 1) / Math.Max((int)offload.SegmentSize, 1));
    }

    /// <summary>How many frames it becomes.</summary>
    public int Count { get; }

    /// <summary>
    /// Looks at a packet with its header; false if it is malformed. <paramref name="network"/> is where the IP header
    /// begins: 14 behind an Ethernet header, 0 in a TUN.
    /// </summary>
    public static bool TryCreate(in VirtioNetHeader offload, Span<byte> packet, int network, out Segmenter segmenter)
    {
        segmenter = default;
        bool isUdp = offload.Gso == VirtioGsoType.UdpL4;
        int transport = offload.ChecksumStart;
        if (offload.Gso is not (VirtioGsoType.TcpV4 or VirtioGsoType.TcpV6 or VirtioGsoType.UdpL4)
            || offload.SegmentSize == 0
            || (offload.Flags & VirtioNetFlags.NeedsChecksum) == 0
            || transport + (isUdp ? UdpHeader.Size : TcpHeader.MinimumSize) > packet.Length
            || network + IPv4Header.MinimumSize > transport)
        {
            return false;
        }

        // A VLAN tag, if any, lies between: the IP header begins where the transport header says it must.
        while (network + 4 + IPv4Header.MinimumSize <= transport && packet[network] >> 4 is not (4 or 6))
        {
            network += 4;
        }

        bool isIPv6 = packet[network] >> 4 == 6;
        if (isIPv6 && network + IPv6Header.Size > transport)
        {
            return false;
        }

        int headers = transport + (isUdp ? UdpHeader.Size : (packet[transport + 12] >> 4) * 4);
        if (headers > packet.Length || (!isUdp && headers < transport + TcpHeader.MinimumSize))
        {
            return false;
        }

        IPProtocol protocol = isUdp ? IPProtocol.Udp : IPProtocol.Tcp;
        uint pseudoHeader = isIPv6
            ? InternetChecksum.PseudoHeader(new IPv6Header(packet[network..]).Source, new IPv6Header(packet[network..]).Destination, protocol, 0)
            : InternetChecksum.PseudoHeader(new IPv4Header(packet[network..]).Source, new IPv4Header(packet[network..]).Destination, protocol, 0);
        segmenter = new Segmenter(offload, packet, network, isIPv6, isUdp, headers, pseudoHeader);
        return true;
    }

    /// <summary>The next frame, with true checksums; null after the last.</summary>
    public Frame? Next(FramePool pool)
    {
        if (_index == Count)
        {
            return null;
        }

        int payload = Math.Min(_offload.SegmentSize, _packet.Length - _offset);
        Frame frame = pool.Rent(_headers + payload);
        Span<byte> bytes = frame.Bytes;
        _packet[.._headers].CopyTo(bytes);
        uint sum = InternetChecksum.CopyAndSum(_packet.Slice(_offset, payload), bytes[_headers..], _pseudoHeader);
        WriteNetworkHeader(bytes[_network..]);
        WriteTransportHeader(bytes[_transport.._headers], sum, payload);
        frame.Flags |= FrameFlags.HeaderChecked | FrameFlags.TransportChecked;
        _offset += payload;
        _index++;
        return frame;
    }

    /// <summary>Completes the checksum that the kernel began; false if its place lies outside the packet.</summary>
    public static bool CompleteChecksum(in VirtioNetHeader offload, Span<byte> packet)
    {
        int field = offload.ChecksumStart + offload.ChecksumOffset;
        if (field + 2 > packet.Length)
        {
            return false;
        }

        // The field holds the pseudo header's sum, and is summed with the rest (skb_checksum_help).
        ushort checksum = InternetChecksum.Compute(packet[offload.ChecksumStart..]);
        BinaryPrimitives.WriteUInt16BigEndian(packet[field..], checksum == 0 ? ushort.MaxValue : checksum);
        return true;
    }

    private readonly void WriteNetworkHeader(Span<byte> ip)
    {
        if (_isIPv6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[IPv6Header.PayloadLengthOffset..], (ushort)(ip.Length - IPv6Header.Size));
            return;
        }

        ushort identification = BinaryPrimitives.ReadUInt16BigEndian(ip[IPv4Header.IdentificationOffset..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[IPv4Header.TotalLengthOffset..], (ushort)ip.Length);
        BinaryPrimitives.WriteUInt16BigEndian(ip[IPv4Header.IdentificationOffset..], (ushort)(identification + _index));
        IPv4Header.WriteChecksum(ip[..(_transport - _network)]);
    }

    /// <summary>The header of a segment whose payload and pseudo header, without the length, have been summed.</summary>
    private readonly void WriteTransportHeader(Span<byte> segment, uint sum, int payload)
    {
        int length = segment.Length + payload;
        int field = _isUdp ? UdpHeader.ChecksumOffset : TcpHeader.ChecksumOffset;
        if (_isUdp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(segment[UdpLengthOffset..], (ushort)length);
        }
        else
        {
            uint sequence = BinaryPrimitives.ReadUInt32BigEndian(segment[TcpSequenceOffset..]);
            BinaryPrimitives.WriteUInt32BigEndian(segment[TcpSequenceOffset..], sequence + (uint)(_offset - _headers));
            TcpFlags flags = (TcpFlags)segment[TcpFlagsOffset];
            flags &= _index < Count - 1 ? ~LastOnly : (TcpFlags)byte.MaxValue;
            flags &= _index > 0 ? ~TcpFlags.Cwr : (TcpFlags)byte.MaxValue;
            segment[TcpFlagsOffset] = (byte)flags;
        }

        BinaryPrimitives.WriteUInt16BigEndian(segment[field..], 0);
        ushort checksum = InternetChecksum.Finish(InternetChecksum.Sum(segment, sum + (uint)length));
        BinaryPrimitives.WriteUInt16BigEndian(segment[field..], checksum == 0 && _isUdp ? ushort.MaxValue : checksum);
    }
}
