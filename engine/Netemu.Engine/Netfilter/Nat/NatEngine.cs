using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Netfilter.Evaluation;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Nat;

/// <summary>
/// Chooses bindings (nf_nat_setup_info): the answers' tuple is changed so that no other connection has it, which is all
/// that a translation is. The packets follow from the difference between the two tuples.
/// </summary>
internal sealed class NatEngine(PacketFilter filter)
{
    private const int MostAttempts = 128;
    private const int FewestAttempts = 16;

    /// <summary>Binds one side of the frame's connection into a range; without an address, only a clash changes anything.</summary>
    public TargetResult Bind(ref PacketView view, in NatRange range, bool source)
    {
        if (view.Frame.Connection is not Connection connection)
        {
            return TargetResult.Accept;
        }

        ConnectionStatus done = source ? ConnectionStatus.SourceNatDone : ConnectionStatus.DestinationNatDone;
        if ((connection.Status & done) != 0)
        {
            return TargetResult.Accept;
        }

        ConnectionTuple current = connection.Reply.Invert();
        ConnectionTuple chosen = Choose(connection, current, range, source);
        if (chosen != current)
        {
            connection.SetReply(chosen.Invert());
            connection.Status |= source ? ConnectionStatus.SourceNat : ConnectionStatus.DestinationNat;
            view.Frame.Trace?.Add(
                view.Space,
                Tracing.TraceStage.Route,
                $"nat {(source ? "source" : "destination")} {current} becomes {chosen}");
        }

        connection.Status |= done;
        return TargetResult.Accept;
    }

    /// <summary>get_unique_tuple.</summary>
    private ConnectionTuple Choose(Connection connection, in ConnectionTuple original, in NatRange range, bool source)
    {
        bool random = range.Random || range.RandomFully;

        // As it is, if that is in the range and free.
        if (source && !random && IsInRange(original, range, source) && !IsTaken(original, connection))
        {
            return original;
        }

        ConnectionTuple tuple = WithAddress(original, ChooseAddress(original, range, source), source);
        if (!random && range.Ports is PortRange ports)
        {
            ushort port = PortOf(tuple, source);
            if (ports.Contains(port) && (ports.First == ports.Last || !IsTaken(tuple, connection)))
            {
                return tuple;
            }
        }
        else if (!random && !IsTaken(tuple, connection))
        {
            return tuple;
        }

        return ChoosePort(tuple, range, source, connection);
    }

    /// <summary>nf_nat_l4proto_unique_tuple: a port of the range that makes the tuple free.</summary>
    private ConnectionTuple ChoosePort(ConnectionTuple tuple, in NatRange range, bool source, Connection connection)
    {
        bool icmp = tuple.Protocol is IPProtocol.Icmp or IPProtocol.Icmpv6;
        if (!icmp && tuple.Protocol is not (IPProtocol.Tcp or IPProtocol.Udp or IPProtocol.UdpLite or IPProtocol.Sctp))
        {
            return tuple;
        }

        ushort port = PortOf(tuple, source);
        int first;
        int size;
        if (range.Ports is PortRange ports)
        {
            first = ports.First;
            size = ports.Last - ports.First + 1;
        }
        else if (icmp)
        {
            first = 0;
            size = 65_536;
        }
        else if (!source)
        {
            // Without a range, a destination port stays.
            return tuple;
        }
        else
        {
            // A port stays in its class: below 512, below 1024, or above.
            (first, size) = port switch
            {
                < 512 => (1, 511),
                < 1024 => (600, 424),
                _ => (1024, 64_512),
            };
        }

        long offset = range.RandomFully || range.Random || source ? filter.Random.NextBelow(65_536) : 0;
        int attempts = Math.Min(size, MostAttempts);
        while (true)
        {
            for (int i = 0; i < attempts; i++, offset++)
            {
                tuple = WithPort(tuple, (ushort)(first + (offset % size)), source || icmp);
                if (!IsTaken(tuple, connection))
                {
                    return tuple;
                }
            }

            // Nothing free: the last one tried stands, and confirmation will find the clash.
            if (attempts >= size || attempts < FewestAttempts)
            {
                return tuple;
            }

            attempts /= 2;
            offset = filter.Random.NextBelow(65_536);
        }
    }

    /// <summary>find_best_ips_proto: the same source gets the same address.</summary>
    private static InternetAddress ChooseAddress(in ConnectionTuple tuple, in NatRange range, bool source)
    {
        if (range.First.IsNone)
        {
            return source ? tuple.Source : tuple.Destination;
        }

        if (range.Last.IsNone || range.First == range.Last)
        {
            return range.First;
        }

        uint hash = tuple.Source.IPv6.StableHash();
        if (!range.Persistent)
        {
            hash = (hash * 31) ^ tuple.Destination.IPv6.StableHash();
        }

        if (range.First.IsIPv4)
        {
            uint size = range.Last.IPv4.Value - range.First.IPv4.Value + 1;
            return range.First.IPv4.Add(size == 0 ? hash : hash % size);
        }

        ulong width = range.Last.IPv6.Low - range.First.IPv6.Low + 1;
        return range.First.IPv6.Add(width == 0 ? hash : (long)(hash % width));
    }

    private static bool IsInRange(in ConnectionTuple tuple, in NatRange range, bool source)
    {
        InternetAddress address = source ? tuple.Source : tuple.Destination;
        bool addressFits = range.First.IsNone
            || (address.CompareTo(range.First) >= 0 && address.CompareTo(range.Last.IsNone ? range.First : range.Last) <= 0);
        return addressFits && (range.Ports is not PortRange ports || ports.Contains(PortOf(tuple, source)));
    }

    /// <summary>nf_nat_used_tuple: the answers would be another connection's.</summary>
    private bool IsTaken(in ConnectionTuple tuple, Connection connection) =>
        filter.Connections.IsTaken(tuple.Invert(), connection);

    private static ushort PortOf(in ConnectionTuple tuple, bool source) =>
        source || tuple.Protocol is IPProtocol.Icmp or IPProtocol.Icmpv6 ? tuple.SourcePort : tuple.DestinationPort;

    private static ConnectionTuple WithPort(in ConnectionTuple tuple, ushort port, bool source) =>
        source ? tuple.WithSourcePort(port) : tuple.WithDestinationPort(port);

    private static ConnectionTuple WithAddress(in ConnectionTuple tuple, InternetAddress address, bool source) =>
        source ? tuple.WithSource(address) : tuple.WithDestination(address);
}
