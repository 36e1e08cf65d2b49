using System;
using System.IO;

namespace Netemu.Cli;

/// <summary>
/// A stream to write to, which never throws: the reader of a pipe may go away, and a disk may be full. What is written after that is
/// lost; <see cref="Failure"/> says why, but for the reader, who knows.
/// </summary>
internal sealed class PipeStream(Stream inner, bool ownsInner) : Stream
{
    /// <summary>EPIPE, which is what an IOException carries.</summary>
    private const int BrokenPipe = 32;

    /// <summary>True once something could not be written.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Why, unless it is that the reader has gone.</summary>
    public string? Failure { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() => Try(inner.Flush);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (IsBroken)
        {
            return;
        }

        try
        {
            inner.Write(buffer);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Break(error);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && ownsInner)
        {
            Try(inner.Dispose);
        }

        base.Dispose(disposing);
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Break(error);
        }
    }

    private void Break(Exception error)
    {
        if (!IsBroken && error.HResult != BrokenPipe)
        {
            // The path is said where this is told.
            Failure = (error.InnerException ?? error).Message.Split(" : '", 2)[0];
        }

        IsBroken = true;
    }
}
