using Netemu.Core.Addresses;

namespace Netemu.Core.Streams;

/// <summary>Makes byte streams for one node: its emulated TCP, the machine's sockets, or an in-memory pipe network.</summary>
public interface IByteStreamTransport
{
    /// <summary>
    /// Starts a connection. The result is not open yet: <see cref="IByteStreamHandler.OnConnected"/> or
    /// <see cref="IByteStreamHandler.OnClosed"/> follows, both later than this call.
    /// </summary>
    IByteStream Connect(InternetAddress remote, ushort port, StreamOptions options, IByteStreamHandler handler);

    /// <summary>False if all that the streams of this node have been given has arrived, for certain.</summary>
    bool MayHoldUnacknowledged => true;

    /// <summary>Listens on an address (or the unspecified one) and port; null if it is taken or not ours.</summary>
    /// <param name="local">The address.</param>
    /// <param name="port">The port.</param>
    /// <param name="options">
    /// What accepted connections carry, as from a listening socket on which it is set; a peer's own options stand before it
    /// (<see cref="IByteStreamListener.SetPeerOptions"/>).
    /// </param>
    /// <param name="acceptor">Who takes them.</param>
    IByteStreamListener? Listen(InternetAddress local, ushort port, StreamOptions options, IByteStreamAcceptor acceptor);
}
