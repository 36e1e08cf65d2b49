using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.Sockets;

/// <summary>An ICMP or ICMPv6 echo socket: what ping is made of. Answers and errors go to the owner at once.</summary>
public sealed class PingSocket
{
    /// <summary>The bytes at the start of a payload that hold the time sent: a struct timeval's. A shorter payload holds none.</summary>
    public const int TimeSize = 16;

    private readonly IPingHandler _handler;

    /// <summary>Opens a socket with an identifier that no other of the namespace uses.</summary>
    public PingSocket(NetworkNamespace space, IPingHandler handler)
    {
        Namespace = space;
        _handler = handler;
        ushort identifier = 1;
        while (!space.IPv4.Icmp.IsFree(identifier) || !space.IPv6.Icmp.IsFree(identifier))
        {
            identifier++;
        }

        Identifier = identifier;
        space.IPv4.Icmp.Register(this);
        space.IPv6.Icmp.Register(this);
    }

    public NetworkNamespace Namespace { get; }

    public ushort Identifier { get; }

    /// <summary>Sends one echo request with a payload of <see cref="PingOptions.Size"/> bytes.</summary>
    public Errno Send(InternetAddress destination, ushort sequence, PingOptions options, PacketTrace? trace = null)
    {
        int size = IcmpHeader.Size + options.Size;
        byte[]? rented = size > 2048 ? new byte[size] : null;
        Span<byte> message = rented ?? stackalloc byte[size];
        for (int i = IcmpHeader.Size; i < size; i++)
        {
            // ping fills with a counting pattern unless it is told with what; the time sent goes over the first bytes.
            message[i] = (byte)(i - IcmpHeader.Size);
        }

        if (!options.Payload.IsDefault)
        {
            options.Payload.AsSpan().CopyTo(message[IcmpHeader.Size..]);
        }

        if (options.Size >= TimeSize)
        {
            BinaryPrimitives.WriteInt64BigEndian(message[IcmpHeader.Size..], Namespace.Node.Now.Nanoseconds);
        }

        uint rest = ((uint)Identifier << 16) | sequence;
        if (destination.IsIPv6)
        {
            return Namespace.IPv6.Icmp.SendEcho(destination.IPv6, message, rest, options, trace);
        }

        IcmpHeader.Write(message, IcmpType.EchoRequest, 0, rest);
        OutputRoute<IPv4Address> route = Namespace.IPv4.RouteOutput(
            destination.IPv4, options.Source.IsIPv4 ? options.Source.IPv4 : default, options.Device, options.Mark, options.TrafficClass,
            TransportKey.Of(IPProtocol.Icmp));
        if (route.Error != Errno.None)
        {
            return route.Error;
        }

        IPv4Address target = destination.IPv4.IsUnspecified ? route.Source : destination.IPv4;
        Span<byte> header = stackalloc byte[options.HeaderOptions.Length];
        options.HeaderOptions.CopyTo(header);
        IPv4OptionRecorder.Record(header, route.Source, route.Source, Namespace.IPv4.OptionTime, Namespace.IPv4.IsLocal);
        return Namespace.IPv4.SendDatagram(
            route, target, IPProtocol.Icmp, message, options.Ttl, options.TrafficClass, options.Discovery, options.Mark, trace, header);
    }

    public void Close()
    {
        Namespace.IPv4.Icmp.Unregister(this);
        Namespace.IPv6.Icmp.Unregister(this);
    }

    internal void Deliver(InternetAddress from, ushort sequence, byte ttl, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> options = default)
    {
        if (options.Length > 0)
        {
            _handler.OnOptions(this, options);
        }

        _handler.OnEchoReply(this, from, sequence, ttl, payload.Length);
    }

    internal void DeliverRedirect(InternetAddress from, ushort sequence, byte code, uint gateway, byte ttl, InternetAddress destination) =>
        _handler.OnRedirect(this, new IcmpError(from, sequence, (byte)IcmpType.Redirect, code, gateway, ttl) { Destination = destination });

    internal void DeliverError(
        InternetAddress from, ushort sequence, byte type, byte code, uint information, byte ttl, InternetAddress destination) =>
        _handler.OnError(this, new IcmpError(from, sequence, type, code, information, ttl) { Destination = destination });
}
