using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Tcp;

/// <summary>
/// The part of <see cref="WindowWarmer"/> that follows TCP segments to where they are delivered: the index of connections, the
/// connection, its owner. Level by level for all frames of a group, as there; it reads only, and what it finds may be wrong.
/// </summary>
internal sealed class SegmentWarmer(int limit)
{
    private const int LeastLength = IPv4Stack.NetworkOffset + IPv4Header.MinimumSize + TcpHeader.MinimumSize;

    private readonly Target[] _targets = new Target[limit];

    /// <summary>Follows frames, of which no more than the limit may come, each to the TCP of its stack.</summary>
    public int Warm(ReadOnlySpan<WindowWarmer.Arrival> arrivals)
    {
        int sum = 0;
        Span<Target> targets = _targets.AsSpan(0, FindTargets(arrivals));
        foreach (ref Target target in targets)
        {
            sum += target.Table.Touch();
        }

        foreach (ref Target target in targets)
        {
            target.Hash = HashOf(target.Frame);
        }

        foreach (ref Target target in targets)
        {
            sum += target.Table.TouchSlot(target.Hash);
        }

        foreach (ref Target target in targets)
        {
            target.Connection = target.Table.Guess(target.Hash);
        }

        foreach (ref Target target in targets)
        {
            sum += target.Connection?.Touch() ?? target.Table.TouchListener(DestinationPort(target.Frame), SourceOf(target.Frame));
        }

        foreach (ref Target target in targets)
        {
            sum += target.Connection?.TouchOwner() ?? 0;
        }

        return sum;
    }

    private int FindTargets(ReadOnlySpan<WindowWarmer.Arrival> arrivals)
    {
        int count = 0;
        foreach (ref readonly WindowWarmer.Arrival arrival in arrivals)
        {
            if (arrival.Stack.Namespace.TcpOrNull is TcpTable table && IsSegment(arrival.Frame))
            {
                _targets[count].Frame = arrival.Frame;
                _targets[count++].Table = table;
            }
        }

        return count;
    }

    /// <summary>A frame of IPv4 without options that carries TCP, going by its first bytes.</summary>
    private static bool IsSegment(Frame frame) =>
        frame.Length >= LeastLength && frame.PeekType() == EtherType.IPv4
            && Header(frame)[0] == IPv4Stack.NoOptions && Header(frame)[IPv4Header.ProtocolOffset] == (byte)IPProtocol.Tcp;

    private static uint HashOf(Frame frame) => TcpConnectionIndex.HashOf(
        IPv4Address.Read(Header(frame)[IPv4Header.DestinationOffset..]),
        DestinationPort(frame),
        SourceOf(frame),
        BinaryPrimitives.ReadUInt16BigEndian(Header(frame)[IPv4Header.MinimumSize..]));

    private static IPv4Address SourceOf(Frame frame) => IPv4Address.Read(Header(frame)[IPv4Header.SourceOffset..]);

    private static ushort DestinationPort(Frame frame) =>
        BinaryPrimitives.ReadUInt16BigEndian(Header(frame)[(IPv4Header.MinimumSize + sizeof(ushort))..]);

    private static ReadOnlySpan<byte> Header(Frame frame) => frame.Bytes[IPv4Stack.NetworkOffset..];

    private struct Target
    {
        public Frame Frame;
        public TcpTable Table;
        public TcpConnection? Connection;
        public uint Hash;
    }
}
