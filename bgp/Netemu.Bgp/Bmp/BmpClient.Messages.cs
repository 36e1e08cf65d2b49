using System;
using System.Collections.Generic;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Bgp.Updates;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Bmp;

/// <content>What the station is told, made when there is room for it.</content>
public sealed partial class BmpClient
{
    /// <summary>Bytes from which on nothing is added before the station has taken some.</summary>
    private const int HighWater = 1 << 16;

    /// <summary>Routes that are looked at together; those with equal attributes share an UPDATE.</summary>
    private const int LongestRun = 128;

    private const ushort SystemDescription = 1;
    private const ushort SystemName = 2;
    private const ushort TerminationReason = 1;
    private const ushort AdministrativelyClosed = 0;
    private const ushort PermanentlyClosed = 4;

    private readonly List<BmpItem> _run = new(LongestRun);

    /// <summary>How far the walk over the tables has come.</summary>
    private (bool IsIPv6, int Row) _table;

    /// <summary>Turns items into bytes up to the mark. False if there was nothing to tell.</summary>
    private bool Fill()
    {
        while (_output.Length < HighWater && _items.TryPeek(out BmpItem item))
        {
            if (item.Kind == BmpItemKind.Table)
            {
                WriteTable();
                continue;
            }

            if (item.Kind == BmpItemKind.Route)
            {
                TakeRun(item);
                WriteRun(isTable: false);
                continue;
            }

            _items.Dequeue();
            Write(item);
        }

        return _output.Length > 0;
    }

    private void Write(in BmpItem item)
    {
        switch (item.Kind)
        {
            case BmpItemKind.PeerUp when SessionOf(item) is BgpSession session && _monitor.PeerOf(session).IsUp:
                _told[item.Peer] = item.Epoch;
                WritePeerUp(session, _monitor.PeerOf(session));
                break;
            case BmpItemKind.PeerDown when Knows(item.Peer, item.Epoch) && item.Bytes is byte[] bytes:
                _told.Remove(item.Peer);
                Append(bytes);
                break;
            case BmpItemKind.EndOfRib when KnownSessionOf(item) is BgpSession session:
                WriteEndOfRib(session, item.IsIPv6 ? AddressFamily.IPv6 : AddressFamily.IPv4);
                break;
            case BmpItemKind.Statistics:
                _noted.Remove(item);
                WriteStatistics();
                break;
        }
    }

    /// <summary>The session that an item is of; null if that one is over.</summary>
    private BgpSession? SessionOf(in BmpItem item) =>
        _speaker.SessionAt(item.Peer) is BgpSession session && _monitor.PeerOf(session).Epoch == item.Epoch ? session : null;

    /// <summary>The same if the station has heard of it.</summary>
    private BgpSession? KnownSessionOf(in BmpItem item) =>
        Knows(item.Peer, item.Epoch) ? SessionOf(item) : null;

    private bool Knows(ushort peer, int epoch) => _told.GetValueOrDefault(peer) == epoch;

    /// <summary>Takes routes of one session that follow each other.</summary>
    private void TakeRun(in BmpItem first)
    {
        _run.Clear();
        while (_run.Count < LongestRun
            && _items.TryPeek(out BmpItem item)
            && item.Kind == BmpItemKind.Route && item.Peer == first.Peer && item.Epoch == first.Epoch && item.IsIPv6 == first.IsIPv6)
        {
            _items.Dequeue();
            _noted.Remove(item);
            _run.Add(item);
        }
    }

    /// <summary>
    /// A part of the initial dump (RFC 7854 section 5). Rows do not move, and what changes behind the walk is noted.
    /// </summary>
    private void WriteTable()
    {
        RouteTable routes = _speaker.RoutesOf(_table.IsIPv6 ? AddressFamily.IPv6 : AddressFamily.IPv4);
        _run.Clear();
        for (; _table.Row < routes.RowCount && _run.Count < LongestRun && Wants(_table.IsIPv6); _table.Row++)
        {
            ref RibPath path = ref routes[_table.Row];
            if (path.IsFree || path.Peer == RouteTable.LocalPeer || !_told.TryGetValue(path.Peer, out int epoch))
            {
                continue;
            }

            if (_run.Count > 0 && _run[0].Peer != path.Peer)
            {
                break;
            }

            _run.Add(new BmpItem(BmpItemKind.Route, path.Peer, epoch)
            {
                IsIPv6 = _table.IsIPv6,
                Prefix = path.Prefix,
                PathId = routes.PathIdOf(_table.Row),
            });
        }

        if (_run.Count > 0)
        {
            WriteRun(isTable: true);
        }
        else if (!_table.IsIPv6)
        {
            _table = (true, 0);
        }
        else
        {
            _items.Dequeue();
            EndTable();
        }
    }

    /// <summary>The dump is over: each family of each session says so.</summary>
    private void EndTable()
    {
        foreach (BgpSession session in _speaker.Neighbors)
        {
            if (Knows(session.Index, _monitor.PeerOf(session).Epoch) && session.IsEstablished)
            {
                WriteEndOfRib(session, AddressFamily.IPv4);
                WriteEndOfRib(session, AddressFamily.IPv6);
            }
        }
    }

    private void WriteRun(bool isTable)
    {
        if (KnownSessionOf(_run[0]) is not BgpSession session)
        {
            return;
        }

        foreach (bool postPolicy in (ReadOnlySpan<bool>)[false, true])
        {
            if (Wants(_run[0].IsIPv6, postPolicy))
            {
                WriteRun(session, postPolicy, isTable);
            }
        }
    }

    private void WriteRun(BgpSession session, bool postPolicy, bool isTable)
    {
        AddressFamily family = _run[0].IsIPv6 ? AddressFamily.IPv6 : AddressFamily.IPv4;
        RouteTable routes = _speaker.RoutesOf(family);
        int at = 0;
        while (at < _run.Count)
        {
            int attributes = AttributesOf(routes, _run[at], postPolicy);
            int end = at + 1;
            while (end < _run.Count && AttributesOf(routes, _run[end], postPolicy) == attributes)
            {
                end++;
            }

            // What a table does not hold was never told.
            at = attributes == 0 && isTable ? end : WriteUpdate(session, routes, family, at, end, attributes, postPolicy, isTable);
        }
    }

    /// <summary>What a route's attributes are now; 0 if there is no such route any more.</summary>
    private static int AttributesOf(RouteTable routes, in BmpItem item, bool postPolicy)
    {
        int row = routes.RowOf(item.Prefix, item.Peer, item.PathId);
        return row < 0 || (postPolicy && BmpMonitor.IsRejectedByPolicy(routes[row])) ? 0
            : postPolicy ? routes[row].Attributes
            : routes.ReceivedAttributesOf(row);
    }

    /// <summary>One Route Monitoring message with as many of the routes as an UPDATE of usual size holds; where the next begins.</summary>
    private int WriteUpdate(
        BgpSession session, RouteTable routes, AddressFamily family, int at, int end, int attributes, bool postPolicy, bool isTable)
    {
        PathAttributes? set = attributes == 0 ? null : _speaker.Tables.Attributes[attributes];
        if (set is not null && UpdateWriter.OverheadOf(set, fourOctetAs: true) + UpdateWriter.LongestNlri > BgpMessage.MaximumExtendedSize)
        {
            // Two-octet paths of the longest message have grown past what any message holds.
            return end;
        }

        BmpWriter writer = BeginRouteMonitoring(session, postPolicy, isTable ? SimTime.Zero : _speaker.Scheduler.Now);
        WireWriter update = new(writer.Rest);
        UpdateWriter.Frame frame = set is null
            ? UpdateWriter.BeginWithdrawal(ref update, family)
            : UpdateWriter.BeginAnnouncement(ref update, family, set, fourOctetAs: true);
        int room = BgpMessage.MaximumSize - (set is null ? 64 : UpdateWriter.OverheadOf(set, fourOctetAs: true));
        int start = update.Position;
        bool addPath = session.ReceivesAddPath(family);
        do
        {
            UpdateWriter.WriteNlri(ref update, routes.Prefixes, _run[at].Prefix, addPath, _run[at].PathId);
            at++;
        }
        while (at < end && update.Position - start + UpdateWriter.LongestNlri <= room);

        if (set is null)
        {
            UpdateWriter.EndWithdrawal(ref update, frame);
        }
        else
        {
            UpdateWriter.EndAnnouncement(ref update, frame, set, fourOctetAs: true);
        }

        writer.Advance(update.Position);
        EndRouteMonitoring();
        return at;
    }

    private void WriteEndOfRib(BgpSession session, AddressFamily family)
    {
        if (!session.Has(family))
        {
            return;
        }

        foreach (bool postPolicy in (ReadOnlySpan<bool>)[false, true])
        {
            if (Wants(family == AddressFamily.IPv6, postPolicy))
            {
                BmpWriter writer = BeginRouteMonitoring(session, postPolicy, _speaker.Scheduler.Now);
                writer.Advance(UpdateWriter.WriteEndOfRib(writer.Rest, family));
                EndRouteMonitoring();
            }
        }
    }

    private BmpWriter BeginRouteMonitoring(BgpSession session, bool postPolicy, SimTime at)
    {
        BmpWriter writer = _monitor.Writer;
        writer.Begin(BmpMessageType.RouteMonitoring);
        writer.Peer(session.Address, session.RemoteAs, session.RemoteIdentifier, postPolicy, at);
        return writer;
    }

    private void EndRouteMonitoring()
    {
        RoutesSent++;
        End();
    }

    // RFC 7854 section 4.3: both TLVs are mandatory.
    private void WriteInitiation()
    {
        BmpWriter writer = _monitor.Writer;
        writer.Begin(BmpMessageType.Initiation);
        writer.Text(SystemDescription, "netemu BGP speaker");
        writer.Text(SystemName, _speaker.Configuration.Name.Length > 0 ? _speaker.Configuration.Name : _speaker.Configuration.RouterId.ToString());
        End();
    }

    private void WriteTermination(bool permanently)
    {
        BmpWriter writer = _monitor.Writer;
        writer.Begin(BmpMessageType.Termination);
        writer.UInt16(TerminationReason);
        writer.UInt16(sizeof(ushort));
        writer.UInt16(permanently ? PermanentlyClosed : AdministrativelyClosed);
        End();
    }

    // RFC 7854 section 4.10.
    private void WritePeerUp(BgpSession session, BmpPeer peer)
    {
        BmpWriter writer = _monitor.Writer;
        writer.Begin(BmpMessageType.PeerUp);
        writer.Peer(session.Address, session.RemoteAs, session.RemoteIdentifier, postPolicy: false, session.LastChange ?? SimTime.Zero);
        writer.Address(session.LocalAddress);
        writer.UInt16(session.LocalPort);
        writer.UInt16(session.RemotePort);
        WriteOpen(writer, peer.SentOpen, session.LocalOpen);
        WriteOpen(writer, peer.ReceivedOpen, session.RemoteOpen);
        End();
    }

    /// <summary>An OPEN as it passed; of a session that is older than the monitoring, what is known of it.</summary>
    private static void WriteOpen(BmpWriter writer, byte[] passed, in OpenMessage known)
    {
        if (passed.Length > 0)
        {
            writer.Write(passed);
        }
        else
        {
            writer.Advance(known.Write(writer.Rest));
        }
    }

    private void WriteStatistics()
    {
        foreach (BgpSession session in _speaker.Neighbors)
        {
            BmpPeer peer = _monitor.PeerOf(session);
            if (!peer.IsUp || !Knows(session.Index, peer.Epoch))
            {
                continue;
            }

            BmpWriter writer = _monitor.Writer;
            writer.Begin(BmpMessageType.StatisticsReport);
            writer.Peer(session.Address, session.RemoteAs, session.RemoteIdentifier, postPolicy: false, _speaker.Scheduler.Now);
            bool both = session.Has(AddressFamily.IPv4) && session.Has(AddressFamily.IPv6);
            bool either = session.Has(AddressFamily.IPv4) || session.Has(AddressFamily.IPv6);
            writer.UInt32((both ? 2u : either ? 1u : 0) + 7);
            WriteCounter(writer, BmpStatistic.RejectedByPolicy, peer.RejectedByPolicy);
            WriteCounter(writer, BmpStatistic.ClusterLoop, peer.ClusterLoops);
            WriteCounter(writer, BmpStatistic.AsPathLoop, peer.AsPathLoops);
            WriteCounter(writer, BmpStatistic.OriginatorLoop, peer.OriginatorLoops);
            WriteCounter(writer, BmpStatistic.ConfederationLoop, peer.ConfederationLoops);
            writer.UInt16((ushort)BmpStatistic.AdjRibIn);
            writer.UInt16(sizeof(ulong));
            writer.UInt64((ulong)(session.PrefixesReceived(AddressFamily.IPv4) + session.PrefixesReceived(AddressFamily.IPv6)));
            WriteGauge(writer, session, AddressFamily.IPv4);
            WriteGauge(writer, session, AddressFamily.IPv6);
            WriteCounter(writer, BmpStatistic.TreatedAsWithdraw, peer.TreatedAsWithdraw);
            End();
        }
    }

    private static void WriteCounter(BmpWriter writer, BmpStatistic type, uint value)
    {
        writer.UInt16((ushort)type);
        writer.UInt16(sizeof(uint));
        writer.UInt32(value);
    }

    private static void WriteGauge(BmpWriter writer, BgpSession session, AddressFamily family)
    {
        const byte Unicast = 1;
        if (session.Has(family))
        {
            writer.UInt16((ushort)BmpStatistic.AdjRibInOfFamily);
            writer.UInt16(sizeof(ushort) + sizeof(byte) + sizeof(ulong));
            writer.UInt16((ushort)family);
            writer.Byte(Unicast);
            writer.UInt64((ulong)session.PrefixesReceived(family));
        }
    }

    private void End()
    {
        _monitor.Writer.End();
        Append(_monitor.Writer.Bytes);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        BytesSent += bytes.Length;
        _output.Append(bytes);
    }
}
