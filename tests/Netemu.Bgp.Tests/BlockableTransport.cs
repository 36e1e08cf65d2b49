using System;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Tests;

/// <summary>A transport whose outgoing connections can be made to take nothing: the other side does not read.</summary>
internal sealed class BlockableTransport(IByteStreamTransport inner) : IByteStreamTransport
{
    public bool IsBlocked { get; set; }

    /// <summary>The bytes taken by one write at most.</summary>
    public int LongestWrite { get; set; } = int.MaxValue;

    private event Action? Unblocked;

    /// <summary>Says to every writer that there is room.</summary>
    public void TellWritable() => Unblocked?.Invoke();

    public IByteStream Connect(InternetAddress remote, ushort port, StreamOptions options, IByteStreamHandler handler)
    {
        Stream stream = new(this, handler);
        Unblocked += () => handler.OnWritable(stream);
        stream.Inner = inner.Connect(remote, port, options, stream);
        return stream;
    }

    public IByteStreamListener? Listen(InternetAddress local, ushort port, StreamOptions options, IByteStreamAcceptor acceptor) =>
        inner.Listen(local, port, options, acceptor);

    private sealed class Stream(BlockableTransport owner, IByteStreamHandler handler) : IByteStream, IByteStreamHandler
    {
        public IByteStream Inner { get; set; } = null!;

        public InternetAddress LocalAddress => Inner.LocalAddress;

        public ushort LocalPort => Inner.LocalPort;

        public InternetAddress RemoteAddress => Inner.RemoteAddress;

        public ushort RemotePort => Inner.RemotePort;

        public bool IsOpen => Inner.IsOpen;

        public int UnacknowledgedBytes => Inner.UnacknowledgedBytes;

        public int Read(Span<byte> destination) => Inner.Read(destination);

        public int Write(ReadOnlySpan<byte> source) => owner.IsBlocked ? 0 : Inner.Write(source[..Math.Min(source.Length, owner.LongestWrite)]);

        public void Close() => Inner.Close();

        public void Abort() => Inner.Abort();

        public void OnConnected(IByteStream stream) => handler.OnConnected(this);

        public void OnReadable(IByteStream stream) => handler.OnReadable(this);

        public void OnWritable(IByteStream stream) => handler.OnWritable(this);

        public void OnClosed(IByteStream stream, StreamCloseReason reason) => handler.OnClosed(this, reason);
    }
}
