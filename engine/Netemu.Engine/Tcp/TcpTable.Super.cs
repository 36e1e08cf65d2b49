using System;
using System.Buffers.Binary;
using System.Diagnostics;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Forwarding;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Routing;

namespace Netemu.Engine.Tcp;

/// <content>
/// Super-segments: what one connection sends at one instant in one go is built behind one header and looks for its way once.
/// Every segment is a finished frame of its own, chained to the first, so that whoever parts them has what was sent without.
/// </content>
public sealed partial class TcpTable
{
    /// <summary>GSO_MAX_SIZE of Linux: no super-segment is longer.</summary>
    private const int LargestSuper = 65_536;

    private Frame? _superHead;
    private Frame? _superTail;
    private OutputRoute<IPv4Address> _superWay;
    private OutputRoute<IPv6Address> _superWayIPv6;
    private int _superLength;

    /// <summary>The sum of the first segment's pseudo header and payload.</summary>
    private uint _superSummed;
    private bool _gathers;

    /// <summary>Super-segments sent, of at least two segments each.</summary>
    public long SuperSegments { get; private set; }

    /// <summary>What is sent until <see cref="EndSuper"/> is of one connection and goes to one place.</summary>
    internal void BeginSuper() => _gathers = true;

    /// <summary>Sends what has been gathered.</summary>
    internal void EndSuper()
    {
        _gathers = false;
        FlushSuper();
    }

    /// <summary>
    /// Sends one more segment of <paramref name="length"/> bytes behind the one before, if that can be; it differs from the first
    /// in number, flags and payload only, for at one instant neither window nor acknowledgment nor timestamps change.
    /// </summary>
    internal bool TryAppend(TcpConnection connection, uint sequence, TcpFlags flags, ref StreamRing payload, int offset, int length)
    {
        if (_superHead is not { } head || length == 0)
        {
            return false;
        }

        bool isIPv4 = connection.RemoteAddress.IsIPv4;
        ReadOnlySpan<byte> first = head.Bytes;
        int tcp = IPv4Stack.NetworkOffset + (isIPv4 ? IPv4Header.MinimumSize : IPv6Header.Size);
        int headerLength = (first[tcp + 12] >> 4) * 4;
        int total = tcp + headerLength + length;
        if (total > head.Length || _superLength + total > LargestSuper)
        {
            return false;
        }

        Frame frame = head.Pool.Rent(total);
        Span<byte> bytes = frame.Bytes;
        first[..(tcp + headerLength)].CopyTo(bytes);
        Span<byte> segment = bytes[tcp..];
        if (total != head.Length)
        {
            SetLength(bytes[IPv4Stack.NetworkOffset..tcp], isIPv4, segment.Length);
        }

        uint pseudo = isIPv4
            ? InternetChecksum.PseudoHeader(_superWay.Source, connection.RemoteAddress.IPv4, IPProtocol.Tcp, segment.Length)
            : InternetChecksum.PseudoHeader(_superWayIPv6.Source, connection.RemoteAddress.IPv6, IPProtocol.Tcp, segment.Length);
        uint summed = pseudo + payload.CopyAndSum(offset, segment[headerLength..]);
        TcpHeader.Amend(segment[..headerLength], sequence, flags, _superSummed, summed);
        _counters.OutSegs++;
        _superTail!.Following = frame;
        _superTail = frame;
        _superLength += total;
        return true;
    }

    private static void SetLength(Span<byte> header, bool isIPv4, int length)
    {
        if (isIPv4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[IPv4Header.TotalLengthOffset..], (ushort)(header.Length + length));
            IPv4Header.WriteChecksum(header);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[IPv6Header.PayloadLengthOffset..], (ushort)length);
        }
    }

    /// <summary>Keeps a segment back as the first of a super-segment, if others may follow it on its way.</summary>
    private bool TryLead(TcpConnection connection, Frame frame, in OutputRoute<IPv4Address> way, int length, uint summed)
    {
        if (!MayLead(connection, length) || !SuperOutput.Takes(_space, way)
            || frame.Length - IPv4Stack.NetworkOffset > _space.IPv4.PathMtu(connection.RemoteAddress.IPv4, way))
        {
            return false;
        }

        Lead(frame, summed);
        _superWay = way;
        return true;
    }

    private bool TryLead(TcpConnection connection, Frame frame, in OutputRoute<IPv6Address> way, int length, uint summed)
    {
        if (!MayLead(connection, length) || !SuperOutput.Takes(_space, way)
            || frame.Length - IPv4Stack.NetworkOffset > _space.IPv6.PathMtu(connection.RemoteAddress.IPv6, way))
        {
            return false;
        }

        Lead(frame, summed);
        _superWayIPv6 = way;
        return true;
    }

    private bool MayLead(TcpConnection connection, int length) => _gathers && length > 0 && connection.MayGather;

    private void Lead(Frame frame, uint summed)
    {
        Debug.Assert(_superHead is null, "What went before has been sent.");
        _superHead = _superTail = frame;
        _superSummed = summed;
        _superLength = frame.Length;
    }

    private void FlushSuper()
    {
        if (_superHead is not { } head)
        {
            return;
        }

        _superHead = _superTail = null;
        SuperSegments += head.Following is null ? 0 : 1;
        bool isIPv4 = head.Bytes[IPv4Stack.NetworkOffset] >> 4 == 4;
        if (head.Following is not null && (isIPv4 ? TrySendIPv4(head) : TrySendIPv6(head)))
        {
            return;
        }

        foreach (Frame frame in head.Part())
        {
            _ = isIPv4 ? _space.IPv4.Send(frame, _superWay) : _space.IPv6.Send(frame, _superWayIPv6);
        }
    }

    private bool TrySendIPv4(Frame head)
    {
        IPv4Address destination = IPv4Address.Read(head.Bytes[(IPv4Stack.NetworkOffset + IPv4Header.DestinationOffset)..]);
        return SuperOutput.TrySend(
            _space, _space.IPv4.Neighbours, head, _superWay, destination, FrameFlags.HeaderChecked | FrameFlags.TransportChecked,
            EtherType.IPv4);
    }

    private bool TrySendIPv6(Frame head)
    {
        IPv6Address destination = IPv6Address.Read(head.Bytes[(IPv4Stack.NetworkOffset + IPv6Header.DestinationOffset)..]);
        return SuperOutput.TrySend(
            _space, _space.IPv6.Neighbours, head, _superWayIPv6, destination, FrameFlags.TransportChecked, EtherType.IPv6);
    }
}
