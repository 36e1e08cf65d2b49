using System;
using System.Collections.Generic;
using Netemu.Core.Streams;

namespace Netemu.Engine.Tests.Tcp;

/// <summary>An owner of streams that notes what it is told, reads all that comes, and accepts every connection.</summary>
internal sealed class StreamRecorder : IByteStreamHandler, IByteStreamAcceptor
{
    private readonly byte[] _buffer = new byte[65_536];

    public List<string> Events { get; } = [];

    public List<byte> Received { get; } = [];

    /// <summary>The streams accepted, in order.</summary>
    public List<IByteStream> Accepted { get; } = [];

    /// <summary>False to leave bytes unread.</summary>
    public bool Reads { get; set; } = true;

    /// <summary>False to refuse.</summary>
    public bool Accepts { get; set; } = true;

    /// <summary>True while a call on a stream is made by the test: no event may come then.</summary>
    public bool IsCalling { get; set; }

    public Action<IByteStream>? Connected { get; set; }

    public Action<IByteStream>? Writable { get; set; }

    public Action<IByteStream>? Readable { get; set; }

    public IByteStreamHandler? Accept(IByteStream stream)
    {
        Note("accept");
        Accepted.Add(stream);
        return Accepts ? this : null;
    }

    public void OnConnected(IByteStream stream)
    {
        Note("connected");
        Connected?.Invoke(stream);
    }

    public void OnReadable(IByteStream stream)
    {
        if (Events.Count == 0 || Events[^1] != "readable")
        {
            Note("readable");
        }

        if (Reads)
        {
            ReadAll(stream);
        }

        Readable?.Invoke(stream);
    }

    public void OnWritable(IByteStream stream)
    {
        Writable?.Invoke(stream);
    }

    public void OnClosed(IByteStream stream, StreamCloseReason reason)
    {
        Note($"closed {reason}");
        ReadAll(stream);
    }

    public void ReadAll(IByteStream stream)
    {
        int count;
        while ((count = stream.Read(_buffer)) > 0)
        {
            Received.AddRange(_buffer.AsSpan(0, count));
        }
    }

    private void Note(string what)
    {
        Assert.False(IsCalling, "An event came from inside a call on the stream.");
        Events.Add(what);
    }
}
