using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp;
using Netemu.Bgp.Bfd;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;

namespace Netemu.Topologies.Bgp;

/// <summary>
/// The BFD sessions of a node (RFC 5881 for neighbours on the link, RFC 5883 for others), over its emulated UDP, for the
/// BGP neighbours that ask for one. A session that goes down takes its BGP session with it (RFC 5882 section 4.3).
/// </summary>
public sealed class NodeBfd : IUdpHandler
{
    private const ushort SingleHopPort = 3784;
    private const ushort MultihopPort = 4784;

    /// <summary>RFC 5881 section 4: source ports from 49152 on.</summary>
    private const ushort FirstSourcePort = 49152;

    private const byte LargestTtl = 255;

    private readonly NetworkNamespace _space;
    private readonly BgpSpeaker _speaker;
    private readonly SortedDictionary<InternetAddress, Entry> _sessions = [];
    private readonly List<UdpSocket> _listeners = [];
    private uint _lastDiscriminator;

    public NodeBfd(NetworkNamespace space, BgpSpeaker speaker)
    {
        _space = space;
        _speaker = speaker;
    }

    /// <summary>The sessions by their peers.</summary>
    public IEnumerable<BfdSession> Sessions
    {
        get
        {
            foreach (Entry entry in _sessions.Values)
            {
                yield return entry.Session;
            }
        }
    }

    /// <summary>The session with a peer, or null.</summary>
    public BfdSession? Find(InternetAddress peer) => _sessions.GetValueOrDefault(peer)?.Session;

    /// <summary>Brings the sessions to what the speaker's neighbours ask for.</summary>
    public void Update()
    {
        foreach (InternetAddress gone in _sessions.Keys.Where(peer => _speaker.FindNeighbor(peer) is null).ToArray())
        {
            Remove(gone);
        }

        foreach (BgpSession neighbor in _speaker.Neighbors)
        {
            if (neighbor.Configuration.Bfd && !neighbor.Configuration.Shutdown)
            {
                if (!_sessions.ContainsKey(neighbor.Address))
                {
                    Add(neighbor);
                }
            }
            else
            {
                Remove(neighbor.Address);
            }
        }
    }

    private void Remove(InternetAddress peer)
    {
        if (_sessions.Remove(peer, out Entry? entry))
        {
            entry.Session.Disable();
            entry.Socket?.Close();
        }
    }

    /// <summary>The node is gone: nothing is said.</summary>
    public void Stop()
    {
        foreach (Entry entry in _sessions.Values)
        {
            entry.Session.Stop();
            entry.Socket?.Close();
        }

        foreach (UdpSocket listener in _listeners)
        {
            listener.Close();
        }

        _sessions.Clear();
        _listeners.Clear();
    }

    void IUdpHandler.OnDatagram(UdpSocket socket, InternetAddress from, ushort port, InternetAddress to, System.ReadOnlySpan<byte> payload)
    {
        if (!BfdPacket.TryRead(payload, out BfdPacket packet))
        {
            return;
        }

        // Section 6.8.6 of RFC 5880: by our discriminator, or, at the beginning, by where it comes from.
        foreach ((InternetAddress peer, Entry entry) in _sessions)
        {
            bool ours = packet.YourDiscriminator != 0 ? entry.Session.Discriminator == packet.YourDiscriminator : peer == from;
            if (ours)
            {
                entry.Session.Receive(packet);
                return;
            }
        }
    }

    void IUdpHandler.OnError(UdpSocket socket, IcmpError error)
    {
        // The detection time says whether the other side is there.
    }

    private void Add(BgpSession neighbor)
    {
        if (_listeners.Count == 0)
        {
            Listen(SingleHopPort);
            Listen(MultihopPort);
        }

        uint discriminator = ++_lastDiscriminator;
        NetDevice? link = neighbor.Configuration.Interface is { } name ? _space.FindDevice(name) : null;
        bool multihop = link is null && (neighbor.IsInternal || neighbor.Configuration.Multihop);
        ushort port = multihop ? MultihopPort : SingleHopPort;
        ushort source = (ushort)(FirstSourcePort + discriminator);
        UdpSocket? socket = _space.Udp.Open(neighbor.Configuration.LocalAddress, source, this, out _);
        if (socket is not null)
        {
            socket.Ttl = LargestTtl;
            socket.Device = link;
        }

        BfdSession session = new(
            _space.Node, _space.Node.Random("bfd"), neighbor.Address, discriminator, neighbor.Configuration.BfdParameters ?? BfdParameters.Default,
            (bfd, packet) => Send(socket, bfd.Peer, port, packet));
        session.Changed += (old, now) =>
        {
            bool announced = session.RemoteDiagnostic == BfdDiagnostic.AdministrativelyDown;
            if (old == BfdState.Up && now == BfdState.Down && !announced)
            {
                _speaker.BfdDown(neighbor.Address);
            }
        };
        _sessions.Add(neighbor.Address, new Entry(session, socket));
        session.Start();
    }

    private void Listen(ushort port)
    {
        if (_space.Udp.Open(default, port, this, out _) is { } socket)
        {
            _listeners.Add(socket);
        }
    }

    private static void Send(UdpSocket? socket, InternetAddress peer, ushort port, in BfdPacket packet)
    {
        System.Span<byte> bytes = stackalloc byte[BfdPacket.Size];
        packet.Write(bytes);
        socket?.SendTo(peer, port, bytes);
    }

    private sealed record Entry(BfdSession Session, UdpSocket? Socket);
}
