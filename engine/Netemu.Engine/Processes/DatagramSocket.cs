using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Processes;

/// <summary>A UDP socket of a process (SOCK_DGRAM): what arrives waits in a buffer of net.core.rmem_default's size.</summary>
public sealed class DatagramSocket : ProcessSocket, IUdpHandler
{
    /// <summary>net.core.rmem_default; an skb counts with its overhead, as sk_rmem_alloc does.</summary>
    private const int ReceiveBuffer = 212_992;
    private const int DatagramOverhead = 768;

    private readonly Queue<Datagram> _received = new();
    private int _bytes;

    internal DatagramSocket(Process process)
        : base(process)
    {
    }

    /// <summary>The engine's own socket, with its options.</summary>
    public UdpSocket Socket { get; private set; } = null!;

    public ushort LocalPort => Socket.LocalPort;

    /// <summary>The last ICMP error about something sent, for who wants to know who reported it (IP_RECVERR).</summary>
    public IcmpError? LastError { get; private set; }

    /// <summary>Datagrams that found the buffer full (RcvbufErrors).</summary>
    public long Overflows { get; private set; }

    /// <summary>Bytes of payload that wait.</summary>
    public int Available => _bytes;

    /// <summary>Talks to one peer only, and is told of its ICMP errors.</summary>
    public void Connect(InternetAddress address, ushort port) => Socket.Connect(address, port);

    public Errno SendTo(InternetAddress address, ushort port, ReadOnlySpan<byte> payload) => Socket.SendTo(address, port, payload);

    /// <summary>Sends to the connected peer.</summary>
    public Errno Send(ReadOnlySpan<byte> payload) => Socket.SendTo(Socket.RemoteAddress, Socket.RemotePort, payload);

    /// <summary>The next datagram that waits, or null.</summary>
    public Datagram? Receive()
    {
        if (_received.TryDequeue(out Datagram? datagram))
        {
            _bytes -= datagram.Payload.Length;
        }

        return datagram;
    }

    /// <summary>Waits for a datagram; null when an ICMP error came first (<see cref="ProcessSocket.Error"/>, which is cleared by the next call).</summary>
    public async ProcessTask<Datagram?> ReceiveAsync()
    {
        Error = Errno.None;
        while (true)
        {
            if (Receive() is { } datagram)
            {
                return datagram;
            }

            if (Error != Errno.None)
            {
                return null;
            }

            Readable.Reset();
            await Readable;
        }
    }

    void IUdpHandler.OnDatagram(UdpSocket socket, InternetAddress from, ushort port, InternetAddress to, ReadOnlySpan<byte> payload)
    {
        if (_bytes + (_received.Count * DatagramOverhead) >= ReceiveBuffer)
        {
            Overflows++;
            return;
        }

        _received.Enqueue(new Datagram(from, port, to, payload.ToArray()));
        _bytes += payload.Length;
        Readable.Wake();
    }

    void IUdpHandler.OnError(UdpSocket socket, IcmpError error)
    {
        LastError = error;
        if (socket.RemoteAddress.IsNone)
        {
            // Only who has named its peer is told (net/ipv4/udp.c, __udp4_lib_err).
            return;
        }

        Error = SocketErrors.Of(error);
        Readable.Wake();
    }

    void IUdpHandler.OnAborted(UdpSocket socket)
    {
        Error = Errno.ECONNABORTED;
        Readable.Wake();
    }

    internal Errno Open(InternetAddress address, ushort port)
    {
        if (Process.Namespace.Udp.Open(address, port, this, out Errno error) is not { } socket)
        {
            Close();
            return error;
        }

        Socket = socket;
        return Errno.None;
    }

    private protected override void Release() => Socket?.Close();
}
