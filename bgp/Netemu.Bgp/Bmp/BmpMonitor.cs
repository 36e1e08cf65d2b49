using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Bmp;

/// <summary>
/// The monitored side of BMP (RFC 7854): hears what happens to a speaker's sessions and routes, and passes it to each
/// station. A speaker without stations has no such object.
/// </summary>
/// <remarks>
/// <code>
/// BgpSession, BgpSpeaker -> BmpMonitor (a BmpPeer a neighbour) -> BmpClient (a queue a station) -> IByteStream
/// </code>
/// </remarks>
public sealed class BmpMonitor
{
    private readonly BgpSpeaker _speaker;
    private readonly Dictionary<BgpSession, BmpPeer> _peers = [];
    private readonly List<BmpClient> _clients = [];
    private int _epochs;

    internal BmpMonitor(BgpSpeaker speaker)
    {
        _speaker = speaker;
        foreach (BgpSession session in speaker.Neighbors.Where(session => session.IsEstablished))
        {
            // Its OPENs have passed unheard.
            PeerOf(session).Establish(null, ++_epochs);
        }
    }

    /// <summary>The connections to the stations, in the order of the configuration.</summary>
    public IReadOnlyList<BmpClient> Clients => _clients;

    /// <summary>Room for one message.</summary>
    internal BmpWriter Writer { get; } = new();

    /// <summary>A neighbour has left the configuration.</summary>
    internal void Forget(BgpSession session) => _peers.Remove(session);

    internal BmpPeer PeerOf(BgpSession session)
    {
        if (!_peers.TryGetValue(session, out BmpPeer? peer))
        {
            _peers.Add(session, peer = new BmpPeer());
        }

        return peer;
    }

    /// <summary>Takes a new list of stations: those that stay the same keep their connections.</summary>
    internal void SetStations(IReadOnlyList<BmpStation> stations)
    {
        foreach (BmpClient gone in _clients.Where(client => !stations.Contains(client.Station)).ToArray())
        {
            gone.Stop(permanently: true);
            _clients.Remove(gone);
        }

        foreach (BmpStation station in stations)
        {
            if (!_clients.Exists(client => client.Station == station))
            {
                BmpClient client = new(_speaker, this, station);
                _clients.Add(client);
                client.Start();
            }
        }
    }

    /// <summary>The speaker stops, or is gone: then nothing is said.</summary>
    internal void Stop(bool destroyed)
    {
        foreach (BmpClient client in _clients)
        {
            if (destroyed)
            {
                client.Destroy();
            }
            else
            {
                client.Stop(permanently: false);
            }
        }

        _clients.Clear();
        _peers.Clear();
    }

    internal void OpenPassed(BgpSession session, IByteStream? stream, ReadOnlySpan<byte> message, bool sent)
    {
        if (stream is not null)
        {
            PeerOf(session).NoteOpen(stream, message.ToArray(), sent);
        }
    }

    internal void NotificationPassed(BgpSession session, ReadOnlySpan<byte> message, bool sent)
    {
        BmpPeer peer = PeerOf(session);
        peer.Notification = message.ToArray();
        peer.IsNotificationOurs = sent;
    }

    internal void PeerUp(BgpSession session, IByteStream? stream)
    {
        BmpPeer peer = PeerOf(session);
        peer.Establish(stream, ++_epochs);
        foreach (BmpClient client in _clients)
        {
            client.Add(new BmpItem(BmpItemKind.PeerUp, session.Index, peer.Epoch));
        }

        // What a graceful restart has kept is in the Adj-RIB-In still.
        NoteRoutesOf(session, AddressFamily.IPv4, onlyStale: true);
        NoteRoutesOf(session, AddressFamily.IPv6, onlyStale: true);
        Send();
    }

    internal void PeerDown(BgpSession session, BgpEvent @event)
    {
        BmpPeer peer = PeerOf(session);
        if (!peer.IsUp)
        {
            return;
        }

        peer.IsUp = false;
        byte[] bytes = WritePeerDown(session, peer, @event);
        peer.Notification = null;
        foreach (BmpClient client in _clients)
        {
            client.Add(new BmpItem(BmpItemKind.PeerDown, session.Index, peer.Epoch) { Bytes = bytes });
        }

        Send();
    }

    internal void Announced(BgpSession session, AddressFamily family, NlriBuffer nlri, PathRejection rejection)
    {
        BmpPeer peer = PeerOf(session);
        Count(peer, session, family, nlri, rejection);
        Note(peer, session, family, nlri);
    }

    /// <summary>Routes of the family were announced or withdrawn; the table has them already.</summary>
    internal void Changed(BgpSession session, AddressFamily family, NlriBuffer nlri) =>
        Note(PeerOf(session), session, family, nlri);

    private void Note(BmpPeer peer, BgpSession session, AddressFamily family, NlriBuffer nlri)
    {
        for (int i = 0; i < nlri.Count; i++)
        {
            Note(peer, session, family, nlri.Prefixes[i], nlri.PathIds[i]);
        }

        Send();
    }

    /// <summary>The routes of a neighbour have changed by policy, or (the stale ones) are about to go.</summary>
    internal void NoteRoutesOf(BgpSession session, AddressFamily family, bool onlyStale)
    {
        RouteTable routes = _speaker.RoutesOf(family);
        BmpPeer peer = PeerOf(session);
        if (!peer.IsUp || (onlyStale && !session.HasStaleRoutes))
        {
            return;
        }

        for (int row = 0; row < routes.RowCount; row++)
        {
            RibPath path = routes[row];
            if (!path.IsFree && path.Peer == session.Index && (!onlyStale || (path.Flags & PathFlags.Stale) != 0))
            {
                Note(peer, session, family, path.Prefix, routes.PathIdOf(row));
            }
        }
    }

    internal void EndOfRib(BgpSession session, AddressFamily family)
    {
        BmpItem item = new(BmpItemKind.EndOfRib, session.Index, PeerOf(session).Epoch) { IsIPv6 = family == AddressFamily.IPv6 };
        foreach (BmpClient client in _clients)
        {
            client.Add(item);
        }

        Send();
    }

    internal void UpdateError(BgpSession session, BgpError error)
    {
        if (error.Severity == ErrorSeverity.TreatAsWithdraw)
        {
            PeerOf(session).TreatedAsWithdraw++;
        }
    }

    /// <summary>Has every station told what it takes.</summary>
    internal void Send()
    {
        foreach (BmpClient client in _clients)
        {
            client.Send();
        }
    }

    private void Note(BmpPeer peer, BgpSession session, AddressFamily family, int prefix, uint pathId)
    {
        BmpItem item = new(BmpItemKind.Route, session.Index, peer.Epoch)
        {
            IsIPv6 = family == AddressFamily.IPv6,
            Prefix = prefix,
            PathId = pathId,
        };
        foreach (BmpClient client in _clients)
        {
            client.Add(item);
        }
    }

    /// <summary>Loops are counted by UPDATE, as section 4.8 says; what policy rejects by prefix.</summary>
    private void Count(BmpPeer peer, BgpSession session, AddressFamily family, NlriBuffer nlri, PathRejection rejection)
    {
        peer.AsPathLoops += rejection == PathRejection.AsLoop ? 1u : 0;
        peer.ConfederationLoops += rejection == PathRejection.ConfederationLoop ? 1u : 0;
        peer.ClusterLoops += rejection == PathRejection.ClusterLoop ? 1u : 0;
        peer.OriginatorLoops += rejection == PathRejection.OriginatorLoop ? 1u : 0;
        RouteTable routes = _speaker.RoutesOf(family);
        for (int i = 0; i < nlri.Count; i++)
        {
            int row = routes.RowOf(nlri.Prefixes[i], session.Index, nlri.PathIds[i]);
            peer.RejectedByPolicy += row >= 0 && IsRejectedByPolicy(routes[row]) ? 1u : 0;
        }
    }

    /// <summary>True for what is in no post-policy Adj-RIB-In. Loops and next hops are judged later (RFC 7854 section 2).</summary>
    internal static bool IsRejectedByPolicy(in RibPath path) =>
        (path.Flags & PathFlags.Rejected) != 0 && (PathRejection)path.Verdict is PathRejection.Policy or PathRejection.NoPolicy;

    private byte[] WritePeerDown(BgpSession session, BmpPeer peer, BgpEvent @event)
    {
        Writer.Begin(BmpMessageType.PeerDown);
        Writer.Peer(session.Address, session.RemoteAs, session.RemoteIdentifier, postPolicy: false, _speaker.Scheduler.Now);
        bool heard = @event is BgpEvent.NotifMsg or BgpEvent.NotifMsgVerErr;
        if (peer.Notification is byte[] notification && peer.IsNotificationOurs != heard)
        {
            Writer.Byte((byte)(heard ? BmpPeerDownReason.RemoteNotification : BmpPeerDownReason.LocalNotification));
            Writer.Write(notification);
        }
        else if (@event == BgpEvent.TcpConnectionFails && session.NotEstablished != NotEstablishedReason.InterfaceDown)
        {
            Writer.Byte((byte)BmpPeerDownReason.RemoteWithoutNotification);
        }
        else
        {
            Writer.Byte((byte)BmpPeerDownReason.LocalWithoutNotification);
            Writer.UInt16((ushort)@event);
        }

        Writer.End();
        return Writer.Bytes.ToArray();
    }
}
