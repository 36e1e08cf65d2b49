using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.Sockets;

/// <summary>The UDP sockets of one namespace, by port, for both families (net/ipv4/udp.c).</summary>
public sealed class UdpTable
{
    private readonly NetworkNamespace _space;
    private readonly Dictionary<ushort, List<UdpSocket>> _byPort = [];
    private ushort _nextPort;
    private UdpSocket[] _encapsulated = [];

    internal UdpTable(NetworkNamespace space) => _space = space;

    /// <summary>The sockets by port, then in the order of their opening.</summary>
    public IEnumerable<UdpSocket> Sockets() => _byPort.OrderBy(p => p.Key).SelectMany(p => p.Value);

    /// <summary>
    /// Opens and binds a socket, to a device too if one is given; port 0 picks a free one. Null with EADDRINUSE or
    /// EADDRNOTAVAIL. Sockets of different devices do not meet (inet_rcv_saddr_equal, sk_bound_dev_if).
    /// </summary>
    public UdpSocket? Open(InternetAddress address, ushort port, IUdpHandler handler, out Errno error, NetDevice? device = null)
    {
        error = Errno.None;
        if (!address.IsNone && !address.IsUnspecified && !IsOwn(address))
        {
            error = Errno.EADDRNOTAVAIL;
            return null;
        }

        if (port == 0 && !TryPickPort(out port))
        {
            error = Errno.EADDRINUSE;
            return null;
        }

        List<UdpSocket> sockets = _byPort.TryGetValue(port, out List<UdpSocket>? existing) ? existing : [];
        if (sockets.Exists(s => (s.LocalAddress.IsNone || address.IsNone || s.LocalAddress == address)
            && (device is null || s.Device is null || ReferenceEquals(s.Device, device))))
        {
            error = Errno.EADDRINUSE;
            return null;
        }

        UdpSocket socket = new(this, address, port, handler) { Device = device };
        sockets.Add(socket);
        _byPort[port] = sockets;
        return socket;
    }

    /// <summary>Opens a socket of the kernel's own, which takes whole frames (setup_udp_tunnel_sock); null if the port is taken.</summary>
    internal UdpSocket? Open(ushort port, IUdpEncapsulation encapsulation)
    {
        UdpSocket? socket = Open(default, port, encapsulation, out _);
        if (socket is not null)
        {
            socket.Encapsulation = encapsulation;
            _encapsulated = [.. _encapsulated, socket];
        }

        return socket;
    }

    /// <summary>The tunnel that takes what comes to a port, or null.</summary>
    internal IUdpEncapsulation? FindEncapsulation(ushort port)
    {
        foreach (UdpSocket socket in _encapsulated)
        {
            if (socket.LocalPort == port)
            {
                return socket.Encapsulation;
            }
        }

        return null;
    }

    internal void Close(UdpSocket socket)
    {
        if (socket.Encapsulation is not null)
        {
            socket.Encapsulation = null;
            _encapsulated = Array.FindAll(_encapsulated, s => !ReferenceEquals(s, socket));
        }

        if (_byPort.TryGetValue(socket.LocalPort, out List<UdpSocket>? sockets) && sockets.Remove(socket) && sockets.Count == 0)
        {
            _byPort.Remove(socket.LocalPort);
        }
    }

    internal void Destroy() => _byPort.Clear();

    internal Errno Send(UdpSocket socket, InternetAddress address, ushort port, ReadOnlySpan<byte> payload, PacketTrace? trace)
    {
        int length = UdpHeader.Size + payload.Length;
        if (length > ushort.MaxValue - IPv4Header.MinimumSize)
        {
            return Errno.EMSGSIZE;
        }

        byte[]? rented = length > 2048 ? new byte[length] : null;
        Span<byte> datagram = rented ?? stackalloc byte[length];
        payload.CopyTo(datagram[UdpHeader.Size..]);
        return address.IsIPv6
            ? _space.IPv6.SendUdp(socket, address.IPv6, port, datagram, trace)
            : SendIPv4(socket, address.IPv4, port, datagram, trace);
    }

    /// <summary>A UDP datagram over IPv4 for this namespace. Takes ownership.</summary>
    internal void Receive(Frame frame, NetDevice device)
    {
        IPv4Header ip = new(frame.Bytes[IPv4Stack.NetworkOffset..]);
        Span<byte> datagram = ip.Payload;
        if (UdpHeader.TryParse(datagram, out UdpHeader udp) != WireError.None)
        {
            _space.Drop(frame, DropReason.MalformedUdp);
            return;
        }

        datagram = datagram[..udp.Length];
        if ((frame.Flags & FrameFlags.TransportChecked) == 0 && udp.Checksum != 0 && !HasGoodChecksum(ip, datagram))
        {
            _space.Drop(frame, DropReason.BadUdpChecksum);
            return;
        }

        if (FindEncapsulation(udp.DestinationPort) is { } encapsulation)
        {
            encapsulation.Receive(frame, device, IPv4Stack.NetworkOffset + ip.HeaderLength);
            return;
        }

        _space.IPv4.NoteConsumed(frame);
        bool group = ip.Destination.IsMulticast || frame.Type != PacketType.Host;
        if (Deliver(ip.Source, udp.SourcePort, ip.Destination, udp.DestinationPort, device, datagram[UdpHeader.Size..], group))
        {
            frame.Deliver();
            return;
        }

        _space.IPv4.Icmp.SendError(frame, IcmpType.DestinationUnreachable, IcmpCode.PortUnreachable, 0);
        _space.Drop(frame, DropReason.NoSocket);
    }

    /// <summary>Hands a payload to the socket that fits best, or to all for a group; false if there is none.</summary>
    internal bool Deliver(
        InternetAddress source,
        ushort sourcePort,
        InternetAddress destination,
        ushort port,
        NetDevice device,
        ReadOnlySpan<byte> payload,
        bool group)
    {
        if (!_byPort.TryGetValue(port, out List<UdpSocket>? sockets))
        {
            return false;
        }

        if (group)
        {
            UdpSocket[] takers = [.. sockets.Where(s => Score(s, source, sourcePort, destination, device, group) >= 0)];
            foreach (UdpSocket taker in takers)
            {
                taker.Handler.OnDatagram(taker, source, sourcePort, destination, payload);
            }

            return takers.Length > 0;
        }

        UdpSocket? best = null;
        int bestScore = -1;
        foreach (UdpSocket socket in sockets)
        {
            int score = Score(socket, source, sourcePort, destination, device, group);
            if (score > bestScore)
            {
                best = socket;
                bestScore = score;
            }
        }

        best?.Handler.OnDatagram(best, source, sourcePort, destination, payload);
        return best is not null;
    }

    /// <summary>An ICMP error about a datagram that this namespace sent; quotes from the IPv4 header on.</summary>
    internal void Error(ReadOnlySpan<byte> quoted, byte type, byte code, uint information, InternetAddress reporter)
    {
        int headerLength = (quoted[0] & 0xF) * 4;
        Error(
            IPv4Address.Read(quoted[IPv4Header.SourceOffset..]), quoted[headerLength..], type, code, information, reporter);
    }

    /// <summary>The same for both families: <paramref name="udp"/> starts at the UDP header.</summary>
    internal void Error(
        InternetAddress source, ReadOnlySpan<byte> udp, byte type, byte code, uint information, InternetAddress reporter)
    {
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(udp);
        if (!_byPort.TryGetValue(port, out List<UdpSocket>? sockets))
        {
            return;
        }

        UdpSocket? socket = sockets.Find(s => s.LocalAddress == source) ?? sockets.Find(s => s.LocalAddress.IsNone);
        socket?.Handler.OnError(socket, new IcmpError(reporter, 0, type, code, information, 0));
    }

    private static bool HasGoodChecksum(IPv4Header ip, ReadOnlySpan<byte> datagram) =>
        InternetChecksum.Finish(InternetChecksum.Sum(
            datagram, InternetChecksum.PseudoHeader(ip.Source, ip.Destination, IPProtocol.Udp, datagram.Length))) == 0;

    private static int Score(
        UdpSocket socket, InternetAddress source, ushort sourcePort, InternetAddress destination, NetDevice device, bool group)
    {
        int score = 0;
        if (!socket.LocalAddress.IsNone && !socket.LocalAddress.IsUnspecified)
        {
            if (socket.LocalAddress != destination && !group)
            {
                return -1;
            }

            score += 4;
        }

        if (!socket.RemoteAddress.IsNone)
        {
            if (socket.RemoteAddress != source || socket.RemotePort != sourcePort)
            {
                return -1;
            }

            score += 4;
        }

        if (socket.Device is not null)
        {
            return ReferenceEquals(socket.Device, device) ? score + 4 : -1;
        }

        return score;
    }

    private Errno SendIPv4(UdpSocket socket, IPv4Address address, ushort port, Span<byte> datagram, PacketTrace? trace)
    {
        IPv4Address source = socket.LocalAddress.IsIPv4 ? socket.LocalAddress.IPv4 : default;
        OutputRoute<IPv4Address> route = _space.IPv4.RouteOutput(
            address, source, socket.Device, socket.Mark, socket.TrafficClass, TransportKey.Of(IPProtocol.Udp, socket.LocalPort, port));
        if (route.Error != Errno.None)
        {
            return route.Error;
        }

        // 0.0.0.0 is this host.
        IPv4Address target = address.IsUnspecified ? route.Source : address;
        uint pseudo = InternetChecksum.PseudoHeader(route.Source, target, IPProtocol.Udp, datagram.Length);
        UdpHeader.Write(datagram, socket.LocalPort, port, pseudo);
        return _space.IPv4.SendDatagram(
            route, target, IPProtocol.Udp, datagram, socket.Ttl, socket.TrafficClass, socket.Discovery, socket.Mark, trace);
    }

    private bool IsOwn(InternetAddress address) =>
        address.IsIPv4 ? _space.IPv4.IsDeliveredHere(address.IPv4) || address.IPv4.IsLoopback || address.IPv4.IsMulticast : _space.IPv6.IsLocal(address.IPv6);

    private bool TryPickPort(out ushort port)
    {
        int first = _space.Settings.LocalPortFirst;
        int count = _space.Settings.LocalPortLast - first + 1;
        for (int i = 0; i < count; i++)
        {
            port = (ushort)(first + (_nextPort++ % count));
            if (!_byPort.ContainsKey(port))
            {
                return true;
            }
        }

        port = 0;
        return false;
    }
}
