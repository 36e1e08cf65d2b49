using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Processes;

/// <summary>
/// A raw socket of a process (SOCK_RAW): it gets a copy of each packet of its protocol, IPv4 with its header and IPv6
/// without (raw(7), RFC 3542 section 3), and sends payloads under a header of the stack's making.
/// </summary>
public sealed class RawSocket : ProcessSocket
{
    private const int MostWaiting = 256;

    private readonly Queue<Datagram> _received = new();

    internal RawSocket(Process process, AddressFamily family, IPProtocol protocol)
        : base(process)
    {
        Family = family;
        Protocol = protocol;
        process.Namespace.Raw.Add(this);
    }

    public AddressFamily Family { get; }

    public IPProtocol Protocol { get; }

    /// <summary>The TTL or hop limit of what is sent; 0 for the stack's default.</summary>
    public byte Ttl { get; set; }

    public byte TrafficClass { get; set; }

    public uint Mark { get; set; }

    /// <summary>Sends a payload, which begins with the protocol's own header, checksum included.</summary>
    public Errno SendTo(InternetAddress address, ReadOnlySpan<byte> payload)
    {
        if (address.Family != Family)
        {
            return Errno.EINVAL;
        }

        if (address.IsIPv4)
        {
            OutputRoute<IPv4Address> route = Process.Namespace.IPv4.RouteOutput(
                address.IPv4, default, null, Mark, TrafficClass, TransportKey.Of(Protocol));
            return route.Error != Errno.None
                ? route.Error
                : Process.Namespace.IPv4.SendDatagram(
                    route, address.IPv4, Protocol, payload, Ttl, TrafficClass, PathMtuDiscovery.Want, Mark, null);
        }

        OutputRoute<IPv6Address> way = Process.Namespace.IPv6.RouteOutput(
            address.IPv6, default, null, Mark, TrafficClass, TransportKey.Of(Protocol));
        return way.Error != Errno.None
            ? way.Error
            : Process.Namespace.IPv6.SendPacket(way, address.IPv6, Protocol, payload, Ttl, TrafficClass, null, mark: Mark);
    }

    /// <summary>The next packet that waits, or null.</summary>
    public Datagram? Receive() => _received.TryDequeue(out Datagram? packet) ? packet : null;

    /// <summary>Waits for a packet.</summary>
    public async ProcessTask<Datagram> ReceiveAsync()
    {
        while (true)
        {
            if (Receive() is { } packet)
            {
                return packet;
            }

            Readable.Reset();
            await Readable;
        }
    }

    /// <summary>The administrator's word (raw_abort): the socket has no peer to forget, and goes on.</summary>
    internal void Kill()
    {
        Error = Errno.ECONNABORTED;
        Readable.Wake();
    }

    internal void Deliver(InternetAddress from, InternetAddress to, ReadOnlySpan<byte> bytes)
    {
        if (_received.Count < MostWaiting)
        {
            _received.Enqueue(new Datagram(from, 0, to, bytes.ToArray()));
            Readable.Wake();
        }
    }

    private protected override void Release() => Process.Namespace.Raw.Remove(this);
}
