using System;
using Netemu.Core.Streams;

namespace Netemu.Live.Tests.Tap;

/// <summary>The sending end of a transfer inside the emulation: writes so many bytes, then closes.</summary>
internal sealed class StreamSource(long length) : IByteStreamAcceptor, IByteStreamHandler
{
    private readonly byte[] _chunk = new byte[65_536];
    private long _sent;

    /// <summary>Why it ended early; null if all was taken.</summary>
    public StreamCloseReason? Failed { get; private set; }

    public bool IsDone { get; private set; }

    public IByteStreamHandler Accept(IByteStream stream)
    {
        OnWritable(stream);
        return this;
    }

    public void OnConnected(IByteStream stream) => OnWritable(stream);

    public void OnReadable(IByteStream stream)
    {
    }

    public void OnWritable(IByteStream stream)
    {
        while (_sent < length)
        {
            int size = (int)Math.Min(_chunk.Length, length - _sent);
            TransferContent.Fill(_chunk.AsSpan(0, size), _sent);
            int taken = stream.Write(_chunk.AsSpan(0, size));
            _sent += taken;
            if (taken < size)
            {
                return;
            }
        }

        IsDone = true;
        stream.Close();
    }

    public void OnClosed(IByteStream stream, StreamCloseReason reason) => Failed = reason;
}
