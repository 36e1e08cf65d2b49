using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Engine.Netfilter.Connections;

/// <summary>
/// What identifies one direction of a connection: addresses, protocol and ports, for either family. An ICMP query has its
/// identifier as source port, and type and code as destination port.
/// </summary>
public readonly struct ConnectionTuple : IEquatable<ConnectionTuple>
{
    internal readonly ulong SourceHigh;
    internal readonly ulong SourceLow;
    internal readonly ulong DestinationHigh;
    internal readonly ulong DestinationLow;

    /// <summary>Source port, destination port, protocol and family, from the high bits to the low ones.</summary>
    internal readonly ulong Selectors;

    internal ConnectionTuple(ulong sourceHigh, ulong sourceLow, ulong destinationHigh, ulong destinationLow, ulong selectors)
    {
        SourceHigh = sourceHigh;
        SourceLow = sourceLow;
        DestinationHigh = destinationHigh;
        DestinationLow = destinationLow;
        Selectors = selectors;
    }

    public ConnectionTuple(
        InternetAddress source, InternetAddress destination, IPProtocol protocol, ushort sourcePort, ushort destinationPort)
        : this(
            source.IPv6.High,
            source.IPv6.Low,
            destination.IPv6.High,
            destination.IPv6.Low,
            Select(sourcePort, destinationPort, protocol, source.Family))
    {
    }

    public AddressFamily Family => (AddressFamily)(byte)Selectors;

    public IPProtocol Protocol => (IPProtocol)(byte)(Selectors >> 8);

    public ushort DestinationPort => (ushort)(Selectors >> 16);

    public ushort SourcePort => (ushort)(Selectors >> 32);

    public InternetAddress Source => Address(SourceHigh, SourceLow);

    public InternetAddress Destination => Address(DestinationHigh, DestinationLow);

    public static bool operator ==(in ConnectionTuple left, in ConnectionTuple right) => left.Equals(right);

    public static bool operator !=(in ConnectionTuple left, in ConnectionTuple right) => !left.Equals(right);

    /// <summary>The tuple of the way back.</summary>
    public ConnectionTuple Invert()
    {
        ushort source = DestinationPort;
        ushort destination = SourcePort;
        if (Protocol is IPProtocol.Icmp or IPProtocol.Icmpv6)
        {
            source = SourcePort;
            destination = (ushort)((IcmpQueries.Answer(Protocol, (byte)(DestinationPort >> 8)) << 8) | (DestinationPort & 0xFF));
        }

        return new ConnectionTuple(
            DestinationHigh, DestinationLow, SourceHigh, SourceLow, Select(source, destination, Protocol, Family));
    }

    public ConnectionTuple WithSource(InternetAddress address) =>
        new(address.IPv6.High, address.IPv6.Low, DestinationHigh, DestinationLow, Selectors);

    public ConnectionTuple WithDestination(InternetAddress address) =>
        new(SourceHigh, SourceLow, address.IPv6.High, address.IPv6.Low, Selectors);

    public ConnectionTuple WithSourcePort(ushort port) =>
        new(SourceHigh, SourceLow, DestinationHigh, DestinationLow, Select(port, DestinationPort, Protocol, Family));

    public ConnectionTuple WithDestinationPort(ushort port) =>
        new(SourceHigh, SourceLow, DestinationHigh, DestinationLow, Select(SourcePort, port, Protocol, Family));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(ConnectionTuple other) =>
        ((SourceLow ^ other.SourceLow) | (DestinationLow ^ other.DestinationLow) | (Selectors ^ other.Selectors)
            | (SourceHigh ^ other.SourceHigh) | (DestinationHigh ^ other.DestinationHigh)) == 0;

    public override bool Equals(object? obj) => obj is ConnectionTuple other && Equals(other);

    /// <summary>The same in every process: it decides where the tuple stands in a table, never an order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override int GetHashCode()
    {
        ulong hash = (SourceLow * 0x9E3779B97F4A7C15UL) + (DestinationLow * 0xD6E8FEB86659FD93UL)
            + (SourceHigh * 0xA0761D6478BD642FUL) + (DestinationHigh * 0xE7037ED1A0B428DBUL);
        hash = (BitOperations.RotateLeft(hash, 29) ^ Selectors) * 0x8EBC6AF09C88C6E3UL;
        return (int)(hash >> 32);
    }

    internal static ulong Select(ushort sourcePort, ushort destinationPort, IPProtocol protocol, AddressFamily family) =>
        ((ulong)sourcePort << 32) | ((ulong)destinationPort << 16) | ((ulong)protocol << 8) | (ulong)family;

    private InternetAddress Address(ulong high, ulong low) => Family == AddressFamily.IPv4
        ? new InternetAddress(new IPv4Address((uint)low))
        : new InternetAddress(new IPv6Address(high, low));

    public override string ToString() => $"{Protocol} {Source}:{SourcePort} > {Destination}:{DestinationPort}";
}
