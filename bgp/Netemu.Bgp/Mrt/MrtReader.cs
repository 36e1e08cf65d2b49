using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Mrt;

/// <summary>
/// Reads the routes of an MRT file: TABLE_DUMP_V2 and the older TABLE_DUMP. Records of other types are passed over; a file
/// that is cut off or malformed is an <see cref="InvalidDataException"/> that says where.
/// </summary>
public static class MrtReader
{
    private const int HeaderSize = 12;
    private const int LongestRecord = 1 << 24;

    /// <summary>The routes in the order of the file.</summary>
    public static IEnumerable<MrtRoute> ReadRoutes(Stream input)
    {
        List<(InternetAddress Address, uint As)> peers = [];
        byte[] header = new byte[HeaderSize];
        long position = 0;
        while (true)
        {
            int read = input.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false);
            if (read == 0)
            {
                yield break;
            }

            int length = read < HeaderSize ? -1 : (int)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8));
            if (length is < 0 or > LongestRecord)
            {
                throw new InvalidDataException($"MRT record at {position}: its header is cut off or its length is impossible");
            }

            byte[] body = new byte[length];
            if (input.ReadAtLeast(body, length, throwOnEndOfStream: false) < length)
            {
                throw new InvalidDataException($"MRT record at {position}: the file ends inside it");
            }

            position += HeaderSize + length;
            MrtType type = (MrtType)BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(4));
            ushort subtype = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(6));
            List<MrtRoute> routes = [];
            if (!TryReadRecord(type, subtype, body, peers, routes))
            {
                throw new InvalidDataException($"MRT record at {position - HeaderSize - length}: malformed");
            }

            foreach (MrtRoute route in routes)
            {
                yield return route;
            }
        }
    }

    private static bool TryReadRecord(
        MrtType type, ushort subtype, byte[] body, List<(InternetAddress Address, uint As)> peers, List<MrtRoute> routes) => (type, subtype) switch
    {
        (MrtType.TableDumpV2, MrtSubtype.PeerIndexTable) => TryReadPeers(body, peers),
        (MrtType.TableDumpV2, MrtSubtype.RibIPv4Unicast) => TryReadRib(body, IPv4Address.Size, false, peers, routes),
        (MrtType.TableDumpV2, MrtSubtype.RibIPv6Unicast) => TryReadRib(body, IPv6Address.Size, false, peers, routes),
        (MrtType.TableDumpV2, MrtSubtype.RibIPv4UnicastAddPath) => TryReadRib(body, IPv4Address.Size, true, peers, routes),
        (MrtType.TableDumpV2, MrtSubtype.RibIPv6UnicastAddPath) => TryReadRib(body, IPv6Address.Size, true, peers, routes),
        (MrtType.TableDump, (ushort)AddressFamily.IPv4) => TryReadOldRib(body, IPv4Address.Size, routes),
        (MrtType.TableDump, (ushort)AddressFamily.IPv6) => TryReadOldRib(body, IPv6Address.Size, routes),
        _ => true,
    };

    private static bool TryReadPeers(byte[] body, List<(InternetAddress Address, uint As)> peers)
    {
        peers.Clear();
        WireReader reader = new(body);
        if (!reader.TryReadUInt32(out _) || !reader.TryReadUInt16(out ushort nameLength) || !reader.TryTake(nameLength, out _)
            || !reader.TryReadUInt16(out ushort count))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadByte(out byte kind) || !reader.TryReadUInt32(out _)
                || !TryReadAddress(ref reader, (kind & 1) != 0 ? IPv6Address.Size : IPv4Address.Size, out InternetAddress address))
            {
                return false;
            }

            uint asNumber;
            if ((kind & 2) != 0)
            {
                if (!reader.TryReadUInt32(out asNumber))
                {
                    return false;
                }
            }
            else if (reader.TryReadUInt16(out ushort shortAs))
            {
                asNumber = shortAs;
            }
            else
            {
                return false;
            }

            peers.Add((address, asNumber));
        }

        return true;
    }

    private static bool TryReadRib(
        byte[] body, int addressSize, bool addPath, List<(InternetAddress Address, uint As)> peers, List<MrtRoute> routes)
    {
        WireReader reader = new(body);
        if (!reader.TryReadUInt32(out _) || !TryReadPrefix(ref reader, addressSize, out InternetPrefix prefix)
            || !reader.TryReadUInt16(out ushort count))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            uint pathId = 0;
            if (!reader.TryReadUInt16(out ushort peer) || peer >= peers.Count || !reader.TryReadUInt32(out _)
                || (addPath && !reader.TryReadUInt32(out pathId))
                || !reader.TryReadUInt16(out ushort length) || !reader.TryTake(length, out ReadOnlySpan<byte> attributes))
            {
                return false;
            }

            routes.Add(new MrtRoute(prefix, attributes.ToArray(), peers[peer].Address, peers[peer].As, pathId));
        }

        return true;
    }

    /// <summary>TABLE_DUMP (section 4.2), whose AS numbers take two octets: they are widened.</summary>
    private static bool TryReadOldRib(byte[] body, int addressSize, List<MrtRoute> routes)
    {
        WireReader reader = new(body);
        if (!reader.TryReadUInt32(out _) || !TryReadAddress(ref reader, addressSize, out InternetAddress address)
            || !reader.TryReadByte(out byte length) || length > addressSize * 8 || !reader.TryReadByte(out _)
            || !reader.TryReadUInt32(out _) || !TryReadAddress(ref reader, addressSize, out InternetAddress peer)
            || !reader.TryReadUInt16(out ushort peerAs) || !reader.TryReadUInt16(out ushort size)
            || !reader.TryTake(size, out ReadOnlySpan<byte> attributes))
        {
            return false;
        }

        routes.Add(new MrtRoute(new InternetPrefix(address, length), Widen(attributes), peer, peerAs, 0));
        return true;
    }

    private static byte[] Widen(ReadOnlySpan<byte> attributes)
    {
        AttributeReader reader = AttributeReader.Read(attributes, 0, AttributeContext.Internal);
        byte[] room = new byte[(attributes.Length * 2) + 64];
        int length = reader.WriteCanonical(room, attributes);
        return room[..length];
    }

    private static bool TryReadPrefix(ref WireReader reader, int addressSize, out InternetPrefix prefix)
    {
        prefix = default;
        if (!reader.TryReadByte(out byte length) || length > addressSize * 8
            || !reader.TryTake((length + 7) / 8, out ReadOnlySpan<byte> bits))
        {
            return false;
        }

        Span<byte> address = stackalloc byte[IPv6Address.Size];
        address.Clear();
        bits.CopyTo(address);
        prefix = new InternetPrefix(addressSize == IPv4Address.Size ? IPv4Address.Read(address) : IPv6Address.Read(address), length);
        return true;
    }

    private static bool TryReadAddress(ref WireReader reader, int size, out InternetAddress address)
    {
        address = default;
        if (!reader.TryTake(size, out ReadOnlySpan<byte> bytes))
        {
            return false;
        }

        address = size == IPv4Address.Size ? IPv4Address.Read(bytes) : IPv6Address.Read(bytes);
        return true;
    }
}
