using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Engine.Tcp;

namespace Netemu.Topologies.Experiments.Labs;

/// <summary>
/// The emulated TCP with TCP_NODELAY on every connection: a message leaves when it is written, and does not wait for the
/// acknowledgment of the one before (RFC 896). What a model of messages on links takes for granted.
/// </summary>
internal sealed class PromptTransport(IByteStreamTransport inner) : IByteStreamTransport
{
    public IByteStream Connect(InternetAddress remote, ushort port, StreamOptions options, IByteStreamHandler handler) =>
        SetPrompt(inner.Connect(remote, port, options, handler));

    public IByteStreamListener? Listen(InternetAddress local, ushort port, IByteStreamAcceptor acceptor) =>
        inner.Listen(local, port, new Acceptor(acceptor));

    private static IByteStream SetPrompt(IByteStream stream)
    {
        if (stream is TcpConnection connection)
        {
            connection.NoDelay = true;
        }

        return stream;
    }

    private sealed class Acceptor(IByteStreamAcceptor inner) : IByteStreamAcceptor
    {
        public IByteStreamHandler? Accept(IByteStream stream) => inner.Accept(SetPrompt(stream));
    }
}
