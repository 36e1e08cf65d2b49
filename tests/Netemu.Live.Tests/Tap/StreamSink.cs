using System;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Engine.Simulation;

namespace Netemu.Live.Tests.Tap;

/// <summary>The receiving end of a transfer inside the emulation: hashes what comes, and notes the longest silence.</summary>
internal sealed class StreamSink(Node node) : IByteStreamAcceptor, IByteStreamHandler, IDisposable
{
    private readonly TransferContent _content = new();
    private readonly byte[] _chunk = new byte[65_536];
    private SimTime _last;

    public long Count => _content.Count;

    public string Hash => _content.Hash();

    /// <summary>How it ended; null while it has not.</summary>
    public StreamCloseReason? Ended { get; private set; }

    public Duration LongestSilence { get; private set; }

    public IByteStreamHandler Accept(IByteStream stream)
    {
        _last = node.Now;
        return this;
    }

    public void OnConnected(IByteStream stream) => _last = node.Now;

    public void OnReadable(IByteStream stream)
    {
        Duration silence = node.Now - _last;
        LongestSilence = silence.Nanoseconds > LongestSilence.Nanoseconds ? silence : LongestSilence;
        _last = node.Now;
        Drain(stream);
    }

    public void OnWritable(IByteStream stream)
    {
    }

    public void OnClosed(IByteStream stream, StreamCloseReason reason)
    {
        Drain(stream);
        Ended = reason;
    }

    public void Dispose() => _content.Dispose();

    private void Drain(IByteStream stream)
    {
        for (int length; (length = stream.Read(_chunk)) > 0;)
        {
            _content.Take(_chunk.AsSpan(0, length));
        }
    }
}
