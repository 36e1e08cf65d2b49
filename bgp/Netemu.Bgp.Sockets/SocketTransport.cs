using System;
using System.Net;
using System.Net.Sockets;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Sockets;

/// <summary>Byte streams over the machine's TCP sockets.</summary>
public sealed class SocketTransport(SocketEventLoop loop) : IByteStreamTransport
{
    internal SocketEventLoop Loop => loop;

    public IByteStream Connect(InternetAddress remote, ushort port, StreamOptions options, IByteStreamHandler handler)
    {
        Socket socket = SocketFor(remote);
        SocketStream stream = new(loop, socket, remote, port) { Handler = handler };
        try
        {
            SocketOptions.Apply(socket, remote, options);
            if (!options.LocalAddress.IsNone)
            {
                socket.Bind(ToEndPoint(options.LocalAddress, 0));
            }

            stream.BeginConnect(ToEndPoint(remote, port));
        }
        catch (SocketException exception)
        {
            stream.Fail(SocketErrors.ToReason(exception.SocketErrorCode));
        }

        return stream;
    }

    public IByteStreamListener? Listen(InternetAddress local, ushort port, StreamOptions options, IByteStreamAcceptor acceptor)
    {
        Socket socket = SocketFor(local);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(ToEndPoint(local, port));
            socket.Listen(SocketListener.Backlog);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }

        return new SocketListener(loop, socket, options, acceptor);
    }

    internal static IPEndPoint ToEndPoint(InternetAddress address, ushort port)
    {
        Span<byte> bytes = stackalloc byte[16];
        int length = address.Write(bytes);
        return new IPEndPoint(new IPAddress(bytes[..length]), port);
    }

    internal static InternetAddress ToAddress(EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint ip)
        {
            return default;
        }

        Span<byte> bytes = stackalloc byte[16];
        ip.Address.TryWriteBytes(bytes, out int length);
        return length == IPv4Address.Size ? IPv4Address.Read(bytes) : IPv6Address.Read(bytes);
    }

    private static Socket SocketFor(InternetAddress address)
    {
        System.Net.Sockets.AddressFamily family = address.IsIPv4
            ? System.Net.Sockets.AddressFamily.InterNetwork
            : System.Net.Sockets.AddressFamily.InterNetworkV6;
        Socket socket = new(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (address.IsIPv6)
        {
            // Each family has a listener of its own.
            socket.DualMode = false;
        }

        return socket;
    }
}
