using System;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Service;

/// <summary>
/// A stream whose reader sees each BGP message when its service is over, in order. What is sent is not delayed, and a
/// stream that the reader has closed is not served any more.
/// </summary>
internal sealed class ServiceStream(ServiceTransport owner) : IByteStream, IByteStreamHandler
{
    private byte[] _arrived = [];
    private int _start;
    private int _framed;
    private int _end;
    private int _ready;
    private StreamCloseReason _reason;
    private bool _isOver;

    /// <summary>The stream below; set before any event can come.</summary>
    public IByteStream? Inner { get; set; }

    /// <summary>The reader.</summary>
    public IByteStreamHandler? Handler { get; set; }

    public InternetAddress LocalAddress => Inner!.LocalAddress;

    public ushort LocalPort => Inner!.LocalPort;

    public InternetAddress RemoteAddress => Inner!.RemoteAddress;

    public ushort RemotePort => Inner!.RemotePort;

    public bool IsOpen => Inner!.IsOpen;

    public int UnacknowledgedBytes => Inner!.UnacknowledgedBytes;

    public int Read(Span<byte> destination)
    {
        int taken = Math.Min(_ready, destination.Length);
        _arrived.AsSpan(_start, taken).CopyTo(destination);
        _start += taken;
        _ready -= taken;
        return taken;
    }

    public int Write(ReadOnlySpan<byte> source) => Inner!.Write(source);

    public void Close()
    {
        _isOver = true;
        Inner!.Close();
    }

    public void Abort()
    {
        _isOver = true;
        Inner!.Abort();
    }

    public void OnConnected(IByteStream stream) => Handler!.OnConnected(this);

    public void OnReadable(IByteStream stream)
    {
        while (true)
        {
            MakeRoom();
            int read = stream.Read(_arrived.AsSpan(_end));
            if (read == 0)
            {
                break;
            }

            _end += read;
        }

        while (BgpMessage.TryFrame(
            _arrived.AsSpan(_framed, _end - _framed), BgpMessage.MaximumExtendedSize, out int length, out BgpMessageType type, out BgpError error))
        {
            owner.Serve(this, type, _arrived.AsSpan(_framed, length));
            _framed += length;
            _ = error;
        }

        if (_end > _framed && IsGarbage())
        {
            owner.Queue.Add(this, default, _end - _framed);
            _framed = _end;
        }
    }

    public void OnWritable(IByteStream stream) => Handler!.OnWritable(this);

    public void OnClosed(IByteStream stream, StreamCloseReason reason)
    {
        OnReadable(stream);
        _reason = reason;
        owner.Queue.Add(this, default, _end - _framed, isClosed: true);
        _framed = _end;
    }

    /// <summary>A message has been served: the reader may have it.</summary>
    internal void Served(in ServiceQueue.Job job)
    {
        if (_isOver)
        {
            return;
        }

        _ready += job.Length;
        if (job.IsClosed)
        {
            _isOver = true;
            Handler!.OnClosed(this, _reason);
        }
        else
        {
            Handler!.OnReadable(this);
        }
    }

    private bool IsGarbage()
    {
        BgpMessage.TryFrame(
            _arrived.AsSpan(_framed, _end - _framed), BgpMessage.MaximumExtendedSize, out _, out _, out BgpError error);
        return error.IsError;
    }

    private void MakeRoom()
    {
        const int Least = 4096;
        if (_start == _end)
        {
            (_start, _framed, _end) = (0, 0, 0);
        }

        if (_arrived.Length - _end >= Least)
        {
            return;
        }

        int kept = _end - _start;
        byte[] target = kept + Least <= _arrived.Length ? _arrived : new byte[Math.Max(2 * Least, kept * 2)];
        _arrived.AsSpan(_start, kept).CopyTo(target);
        _arrived = target;
        _framed -= _start;
        _end = kept;
        _start = 0;
    }
}
