using System;
using System.Buffers.Binary;
using Netemu.Core.Wire;

namespace Netemu.Engine.Linux.Offload;

/// <summary>
/// Joins consecutive segments of one TCP connection into a super-packet for a kernel that takes them (GRO at the edge):
/// one system call and one pass through its stack for up to 64 KiB. Segmented again it gives the same bytes.
/// </summary>
/// <remarks>
/// The rules are net/ipv4/tcp_offload.c's (tcp_gro_receive), a little narrower: nothing but sequence number, PSH and IPv4
/// identification may differ. The buffer begins with the virtio header.
/// </remarks>
public sealed class Coalescer
{
    private const int Limit = 65_535;
    private const int TcpFlagsOffset = 13;
    private const int TcpSequenceOffset = 4;
    private const TcpFlags Joinable = TcpFlags.Ack | TcpFlags.Psh;

    private readonly int _network;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(VirtioNetHeader.Size + Limit + EthernetHeader.Size, pinned: true);
    private int _length;
    private int _segments;
    private int _segmentSize;
    private int _headers;
    private int _transport;
    private uint _nextSequence;
    private bool _isClosed;

    /// <summary>For frames whose IP header begins at <paramref name="network"/>.</summary>
    public Coalescer(int network) => _network = network;

    /// <summary>True while nothing waits.</summary>
    public bool IsEmpty => _segments == 0;

    private Span<byte> Packet => _buffer.AsSpan(VirtioNetHeader.Size, _length);

    /// <summary>
    /// Takes a frame whose checksums are known to be right. False if it does not follow on what waits, which must go out
    /// first, or may not wait at all; then nothing has changed.
    /// </summary>
    public bool TryAdd(ReadOnlySpan<byte> frame)
    {
        if (!TryParse(frame, out int transport, out int headers))
        {
            return false;
        }

        ReadOnlySpan<byte> payload = frame[headers..];
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(frame[(transport + TcpSequenceOffset)..]);
        if (_segments == 0)
        {
            frame.CopyTo(_buffer.AsSpan(VirtioNetHeader.Size));
            _length = frame.Length;
            _transport = transport;
            _headers = headers;
            _segmentSize = payload.Length;
        }
        else
        {
            if (_isClosed
                || headers != _headers
                || sequence != _nextSequence
                || payload.Length > _segmentSize
                || _length + payload.Length > Limit
                || !HasSameHeaders(frame))
            {
                return false;
            }

            payload.CopyTo(_buffer.AsSpan(VirtioNetHeader.Size + _length));
            _length += payload.Length;
        }

        _segments++;
        _nextSequence = sequence + (uint)payload.Length;
        TcpFlags flags = (TcpFlags)frame[transport + TcpFlagsOffset];
        Packet[_transport + TcpFlagsOffset] |= (byte)(flags & TcpFlags.Psh);

        // A short segment or a push ends the run.
        _isClosed = payload.Length < _segmentSize || (flags & TcpFlags.Psh) != 0;
        return true;
    }

    /// <summary>What goes to the kernel: virtio header and packet. Empties the coalescer; the bytes hold until the next add.</summary>
    public ReadOnlySpan<byte> Take()
    {
        Span<byte> packet = Packet;
        VirtioNetHeader header = default;
        if (_segments > 1)
        {
            bool isIPv6 = packet[_network] >> 4 == 6;
            header = new VirtioNetHeader(
                VirtioNetFlags.NeedsChecksum,
                isIPv6 ? VirtioGsoType.TcpV6 : VirtioGsoType.TcpV4,
                (ushort)_headers,
                (ushort)_segmentSize,
                (ushort)_transport,
                TcpHeader.ChecksumOffset);
            WriteLengths(packet, isIPv6);
        }

        header.Write(_buffer);
        _segments = 0;
        _isClosed = false;
        return _buffer.AsSpan(0, VirtioNetHeader.Size + _length);
    }

    private bool TryParse(ReadOnlySpan<byte> frame, out int transport, out int headers)
    {
        transport = 0;
        headers = 0;
        int network = _network;
        if (frame.Length < network + IPv4Header.MinimumSize + TcpHeader.MinimumSize || frame.Length > Limit)
        {
            return false;
        }

        int end;
        if (frame[network] == 0x45)
        {
            // No options, no fragment, TCP.
            ushort flags = BinaryPrimitives.ReadUInt16BigEndian(frame[(network + IPv4Header.FlagsOffset)..]);
            if (frame[network + IPv4Header.ProtocolOffset] != (byte)IPProtocol.Tcp || (flags & ~IPv4Header.DontFragmentFlag) != 0)
            {
                return false;
            }

            transport = network + IPv4Header.MinimumSize;
            end = network + BinaryPrimitives.ReadUInt16BigEndian(frame[(network + IPv4Header.TotalLengthOffset)..]);
        }
        else if (frame[network] >> 4 == 6 && frame.Length >= network + IPv6Header.Size + TcpHeader.MinimumSize)
        {
            if (frame[network + IPv6Header.NextHeaderOffset] != (byte)IPProtocol.Tcp)
            {
                return false;
            }

            transport = network + IPv6Header.Size;
            end = transport + BinaryPrimitives.ReadUInt16BigEndian(frame[(network + IPv6Header.PayloadLengthOffset)..]);
        }
        else
        {
            return false;
        }

        // The type must agree, or it is a VLAN's tag that looks like a header; padding would become payload.
        headers = transport + ((frame[transport + 12] >> 4) * 4);
        TcpFlags tcp = (TcpFlags)frame[transport + TcpFlagsOffset];
        return HasIPType(frame)
            && end == frame.Length
            && headers < frame.Length
            && headers >= transport + TcpHeader.MinimumSize
            && (tcp & TcpFlags.Ack) != 0
            && (tcp & ~Joinable) == 0;
    }

    private bool HasIPType(ReadOnlySpan<byte> frame) =>
        _network == 0
        || BinaryPrimitives.ReadUInt16BigEndian(frame[(_network - 2)..]) is EtherType.IPv4 or EtherType.IPv6;

    /// <summary>Everything but lengths, identification, checksums, sequence number and PSH is equal.</summary>
    private bool HasSameHeaders(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> first = Packet;
        int network = _network;
        if (!frame[..(network + 2)].SequenceEqual(first[..(network + 2)]))
        {
            return false;
        }

        bool isSameNetwork;
        if (frame[network] >> 4 == 4)
        {
            isSameNetwork = Follows(first[network..], frame[network..])
                && frame.Slice(network + IPv4Header.FlagsOffset, 4).SequenceEqual(first.Slice(network + IPv4Header.FlagsOffset, 4))
                && frame.Slice(network + IPv4Header.SourceOffset, 8).SequenceEqual(first.Slice(network + IPv4Header.SourceOffset, 8));
        }
        else
        {
            isSameNetwork = frame.Slice(network, 4).SequenceEqual(first.Slice(network, 4))
                && frame.Slice(network + IPv6Header.NextHeaderOffset, 34).SequenceEqual(first.Slice(network + IPv6Header.NextHeaderOffset, 34));
        }

        int transport = _transport;
        return isSameNetwork
            && frame.Slice(transport, TcpSequenceOffset).SequenceEqual(first.Slice(transport, TcpSequenceOffset))
            && frame.Slice(transport + 8, 5).SequenceEqual(first.Slice(transport + 8, 5))
            && frame.Slice(transport + 14, 2).SequenceEqual(first.Slice(transport + 14, 2))
            && frame[(transport + 18).._headers].SequenceEqual(first[(transport + 18).._headers]);
    }

    /// <summary>
    /// The identification counts up, or stays as it is where it means nothing: in atomic datagrams (RFC 6864 section 4.1),
    /// whose identification alone may differ when the kernel segments again.
    /// </summary>
    private bool Follows(ReadOnlySpan<byte> first, ReadOnlySpan<byte> ip)
    {
        ushort begin = BinaryPrimitives.ReadUInt16BigEndian(first[IPv4Header.IdentificationOffset..]);
        ushort identification = BinaryPrimitives.ReadUInt16BigEndian(ip[IPv4Header.IdentificationOffset..]);
        bool isAtomic = (BinaryPrimitives.ReadUInt16BigEndian(ip[IPv4Header.FlagsOffset..]) & IPv4Header.DontFragmentFlag) != 0;
        return identification == (ushort)(begin + _segments) || (isAtomic && identification == begin);
    }

    private void WriteLengths(Span<byte> packet, bool isIPv6)
    {
        Span<byte> ip = packet[_network..];
        int length = packet.Length - _transport;
        uint sum;
        if (isIPv6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[IPv6Header.PayloadLengthOffset..], (ushort)length);
            IPv6Header header = new(ip);
            sum = InternetChecksum.PseudoHeader(header.Source, header.Destination, IPProtocol.Tcp, length);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[IPv4Header.TotalLengthOffset..], (ushort)ip.Length);
            IPv4Header.WriteChecksum(ip[..IPv4Header.MinimumSize]);
            IPv4Header header = new(ip);
            sum = InternetChecksum.PseudoHeader(header.Source, header.Destination, IPProtocol.Tcp, length);
        }

        // The pseudo header's sum, not complemented: whoever adds the rest complements (CHECKSUM_PARTIAL).
        ushort partial = (ushort)~InternetChecksum.Finish(sum);
        BinaryPrimitives.WriteUInt16BigEndian(packet[(_transport + TcpHeader.ChecksumOffset)..], partial);
    }
}
