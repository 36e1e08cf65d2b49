using System.Collections.Generic;
using System.IO;
using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Mrt;

/// <summary>
/// A speaker's RIB as TABLE_DUMP_V2 (RFC 6396 section 4.3): what collectors publish and bgpdump reads. Every path that may
/// take part in the decision is in it, prefixes in order.
/// </summary>
public static class MrtTableDump
{
    private const byte PeerIsIPv6 = 1;
    private const byte PeerHasFourOctetAs = 2;

    /// <summary>Writes the whole table.</summary>
    public static void Write(BgpSpeaker speaker, Stream output)
    {
        MrtWriter writer = new(output);
        SimTime now = speaker.Services.Scheduler.Now;
        Dictionary<BgpSession, int> peers = WritePeers(speaker, writer, now);
        uint sequence = 0;
        foreach (AddressFamily family in new[] { AddressFamily.IPv4, AddressFamily.IPv6 })
        {
            foreach (IGrouping<InternetPrefix, BgpPath> prefix in speaker.Paths(family)
                .Where(path => path.Rejection == Rib.PathRejection.None)
                .GroupBy(path => path.Prefix)
                .OrderBy(group => group.Key))
            {
                WritePrefix(writer, now, sequence++, prefix.Key, [.. prefix], peers);
            }
        }
    }

    private static Dictionary<BgpSession, int> WritePeers(BgpSpeaker speaker, MrtWriter writer, SimTime now)
    {
        BgpSession[] sessions = [.. speaker.Neighbors];
        writer.UInt32(speaker.Configuration.RouterId.Value);
        writer.UInt16(0);
        writer.UInt16(sessions.Length + 1);

        // The first peer is the speaker itself, for the routes that begin here.
        WritePeer(writer, speaker.Configuration.RouterId, speaker.Configuration.RouterId, speaker.Configuration.As);
        Dictionary<BgpSession, int> peers = [];
        foreach (BgpSession session in sessions)
        {
            peers.Add(session, peers.Count + 1);
            WritePeer(writer, session.RemoteIdentifier, session.Address, session.RemoteAs);
        }

        writer.End(now, MrtType.TableDumpV2, MrtSubtype.PeerIndexTable);
        return peers;
    }

    private static void WritePeer(MrtWriter writer, IPv4Address identifier, InternetAddress address, uint asNumber)
    {
        writer.Byte(PeerHasFourOctetAs | (address.IsIPv6 ? PeerIsIPv6 : 0));
        writer.UInt32(identifier.Value);
        writer.Address(address);
        writer.UInt32(asNumber);
    }

    private static void WritePrefix(
        MrtWriter writer, SimTime now, uint sequence, InternetPrefix prefix, BgpPath[] paths, Dictionary<BgpSession, int> peers)
    {
        bool addPath = paths.Any(path => path.PathId != 0);
        writer.UInt32(sequence);
        writer.Byte(prefix.Length);
        System.Span<byte> bits = stackalloc byte[16];
        prefix.Address.Write(bits);
        writer.Bytes(bits[..((prefix.Length + 7) / 8)]);
        writer.UInt16(paths.Length);
        foreach (BgpPath path in paths)
        {
            writer.UInt16(path.Peer is null ? 0 : peers[path.Peer]);
            writer.UInt32(MrtWriter.Seconds(now));
            if (addPath)
            {
                writer.UInt32(path.PathId);
            }

            byte[] attributes = AttributesOf(path.Attributes, prefix.IsIPv4);
            writer.UInt16(attributes.Length);
            writer.Bytes(attributes);
        }

        ushort subtype = (prefix.IsIPv4, addPath) switch
        {
            (true, false) => MrtSubtype.RibIPv4Unicast,
            (true, true) => MrtSubtype.RibIPv4UnicastAddPath,
            (false, false) => MrtSubtype.RibIPv6Unicast,
            (false, true) => MrtSubtype.RibIPv6UnicastAddPath,
        };
        writer.End(now, MrtType.TableDumpV2, subtype);
    }

    // Section 4.3.4: AS numbers take four octets, and MP_REACH_NLRI is its next hop alone.
    private static byte[] AttributesOf(PathAttributes set, bool isIPv4)
    {
        byte[] room = new byte[set.Bytes.Length + 48];
        WireWriter writer = new(room);
        writer.Write(set.Bytes[..set.NextHopPosition]);
        System.Span<byte> address = stackalloc byte[33];
        if (isIPv4 && !set.NextHop.IsIPv6)
        {
            (set.NextHop.IsNone ? IPv4Address.Any : set.NextHop.IPv4).Write(address);
            AttributeWriter.Write(ref writer, AttributeType.NextHop, AttributeFlags.Transitive, address[..4]);
        }
        else
        {
            bool both = !set.LinkLocalNextHop.IsUnspecified;
            address[0] = both ? (byte)32 : (byte)16;
            (set.NextHop.IsIPv6 ? set.NextHop.IPv6 : IPv6Address.Any).Write(address[1..]);
            set.LinkLocalNextHop.Write(address[17..]);
            AttributeWriter.Write(ref writer, AttributeType.MpReachNlri, AttributeFlags.Optional, address[..(both ? 33 : 17)]);
        }

        writer.Write(set.Bytes[set.NextHopPosition..]);
        return writer.Written.ToArray();
    }
}
