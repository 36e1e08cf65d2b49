using System;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.Sockets;

/// <summary>A UDP socket in a namespace: bound to a port, and to an address unless it takes any.</summary>
public sealed class UdpSocket
{
    private readonly UdpTable _table;

    internal UdpSocket(UdpTable table, InternetAddress address, ushort port, IUdpHandler handler)
    {
        _table = table;
        LocalAddress = address;
        LocalPort = port;
        Handler = handler;
    }

    /// <summary>The bound address; none for any of either family.</summary>
    public InternetAddress LocalAddress { get; }

    public ushort LocalPort { get; }

    /// <summary>The only peer after <see cref="Connect"/>; none before.</summary>
    public InternetAddress RemoteAddress { get; private set; }

    public ushort RemotePort { get; private set; }

    /// <summary>SO_BINDTODEVICE.</summary>
    public NetDevice? Device { get; set; }

    public byte Ttl { get; set; }

    public byte TrafficClass { get; set; }

    public PathMtuDiscovery Discovery { get; set; }

    public uint Mark { get; set; }

    internal IUdpHandler Handler { get; }

    /// <summary>The tunnel behind the socket (encap_rcv); null for a process's.</summary>
    internal IUdpEncapsulation? Encapsulation { get; set; }

    /// <summary>Takes datagrams of one peer only from now on.</summary>
    public void Connect(InternetAddress address, ushort port)
    {
        RemoteAddress = address;
        RemotePort = port;
    }

    /// <summary>Sends a datagram; the errno that sendto would have returned.</summary>
    public Errno SendTo(InternetAddress address, ushort port, ReadOnlySpan<byte> payload, PacketTrace? trace = null) =>
        _table.Send(this, address, port, payload, trace);

    /// <summary>Tells the owner, and forgets the peer (udp_abort): a bound socket goes on for anybody who writes to it.</summary>
    internal void Kill()
    {
        Handler.OnAborted(this);
        RemoteAddress = default;
        RemotePort = 0;
    }

    public void Close() => _table.Close(this);
}
