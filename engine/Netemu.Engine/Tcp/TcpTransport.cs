using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Engine.Tcp;

/// <summary>
/// The emulated TCP of one namespace as the byte streams that protocols such as BGP run on.
/// </summary>
public sealed class TcpTransport(TcpTable table) : IByteStreamTransport
{
    /// <summary>
    /// TCP_NODELAY on every connection from now on, as on those of the host's sockets: a speaker writes what belongs together
    /// at once, and the rest does not wait for an acknowledgment (RFC 896) that waits for an answer. BIRD and FRR leave it off.
    /// </summary>
    public bool NoDelay { get; set; } = true;

    public IByteStream Connect(InternetAddress remote, ushort port, StreamOptions options, IByteStreamHandler handler)
    {
        TcpConnection connection = table.Connect(remote, port, options, handler);
        connection.NoDelay = NoDelay;
        return connection;
    }

    public IByteStreamListener? Listen(InternetAddress local, ushort port, StreamOptions options, IByteStreamAcceptor acceptor)
    {
        TcpListener? listener = table.Listen(local, port, acceptor, out _);
        if (listener is not null)
        {
            listener.Options = options;
            listener.NoDelay = NoDelay;
        }

        return listener;
    }
}
