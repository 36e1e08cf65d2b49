using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Netfilter.Evaluation;

namespace Netemu.Engine.Netfilter.Connections;

/// <summary>
/// What tracking reads of a common packet: TCP or UDP, whole, without options or extension headers, known to be undamaged.
/// </summary>
internal struct FlowPacket
{
    public ConnectionTuple Tuple;

    /// <summary>Meaningful for TCP only.</summary>
    public TcpFlags Flags;

    /// <summary>Reads a packet that has passed the stack's checks; false if it is none of that kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(Frame frame, AddressFamily family, out FlowPacket packet)
    {
        ReadOnlySpan<byte> bytes = frame.Bytes[PacketView.NetworkOffset..];
        packet = default;
        return (frame.Flags & FrameFlags.TransportChecked) != 0
            && (family == AddressFamily.IPv4 ? TryReadIPv4(bytes, ref packet) : TryReadIPv6(bytes, ref packet));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadIPv4(ReadOnlySpan<byte> bytes, ref FlowPacket packet)
    {
        if (bytes.Length < IPv4Header.MinimumSize + TcpHeader.MinimumSize || bytes[0] != 0x45
            || (BinaryPrimitives.ReadUInt16BigEndian(bytes[IPv4Header.FlagsOffset..]) & ~IPv4Header.DontFragmentFlag) != 0)
        {
            return false;
        }

        IPProtocol protocol = (IPProtocol)bytes[IPv4Header.ProtocolOffset];
        packet.Tuple = new ConnectionTuple(
            0,
            BinaryPrimitives.ReadUInt32BigEndian(bytes[IPv4Header.SourceOffset..]),
            0,
            BinaryPrimitives.ReadUInt32BigEndian(bytes[IPv4Header.DestinationOffset..]),
            Selectors(bytes[IPv4Header.MinimumSize..], protocol, AddressFamily.IPv4));
        packet.Flags = (TcpFlags)bytes[IPv4Header.MinimumSize + TcpHeader.FlagsOffset];
        return protocol is IPProtocol.Udp or IPProtocol.Tcp;
    }

    private static bool TryReadIPv6(ReadOnlySpan<byte> bytes, ref FlowPacket packet)
    {
        if (bytes.Length < IPv6Header.Size + TcpHeader.MinimumSize)
        {
            return false;
        }

        IPProtocol protocol = (IPProtocol)bytes[IPv6Header.NextHeaderOffset];
        packet.Tuple = new ConnectionTuple(
            BinaryPrimitives.ReadUInt64BigEndian(bytes[IPv6Header.SourceOffset..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[(IPv6Header.SourceOffset + 8)..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[IPv6Header.DestinationOffset..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[(IPv6Header.DestinationOffset + 8)..]),
            Selectors(bytes[IPv6Header.Size..], protocol, AddressFamily.IPv6));
        packet.Flags = (TcpFlags)bytes[IPv6Header.Size + TcpHeader.FlagsOffset];
        return protocol is IPProtocol.Udp or IPProtocol.Tcp;
    }

    /// <summary>Both ports at once are in the order of the selectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Selectors(ReadOnlySpan<byte> transport, IPProtocol protocol, AddressFamily family) =>
        ((ulong)BinaryPrimitives.ReadUInt32BigEndian(transport) << 16) | ((ulong)protocol << 8) | (ulong)family;
}
