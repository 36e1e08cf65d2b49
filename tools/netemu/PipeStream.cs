using System;
using System.IO;

namespace Netemu.Cli;

/// <summary>A stream to write to, whose reader may go away: what is written after that is lost without a word.</summary>
internal sealed class PipeStream(Stream inner, bool ownsInner) : Stream
{
    public bool IsBroken { get; private set; }

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

    public override void Write(byte[] buffer, int offset, int count) => Try(() => inner.Write(buffer, offset, count));

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && ownsInner)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Try(Action write)
    {
        if (IsBroken)
        {
            return;
        }

        try
        {
            write();
        }
        catch (IOException)
        {
            IsBroken = true;
        }
    }
}
