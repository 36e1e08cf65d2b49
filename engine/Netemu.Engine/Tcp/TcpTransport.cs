using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Engine.Tcp;

/// <summary>The emulated TCP of one namespace as the byte streams that protocols such as BGP run on.</summary>
public sealed class TcpTransport(TcpTable table) : IByteStreamTransport
{
    public IByteStream Connect(InternetAddress remote, ushort port, StreamOptions options, IByteStreamHandler handler) =>
        table.Connect(remote, port, options, handler);

    public IByteStreamListener? Listen(InternetAddress local, ushort port, IByteStreamAcceptor acceptor) =>
        table.Listen(local, port, acceptor, out _);
}
