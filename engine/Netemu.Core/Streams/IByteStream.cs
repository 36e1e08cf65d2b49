using System;
using Netemu.Core.Addresses;

namespace Netemu.Core.Streams;

/// <summary>
/// A reliable, ordered stream of bytes: an emulated TCP connection, an OS socket, or an in-memory pipe. Never blocks;
/// events go to the <see cref="IByteStreamHandler"/> that was given when it was made, on the owner's thread.
/// </summary>
public interface IByteStream
{
    InternetAddress LocalAddress { get; }

    ushort LocalPort { get; }

    InternetAddress RemoteAddress { get; }

    ushort RemotePort { get; }

    /// <summary>True from OnConnected until the stream is closed or has failed.</summary>
    bool IsOpen { get; }

    /// <summary>Bytes written that the other side has not yet acknowledged (TCP) or read (pipe).</summary>
    int UnacknowledgedBytes { get; }

    /// <summary>
    /// Copies what has arrived, up to the span's length; 0 if there is nothing. What does not fill the span is all that there is,
    /// so that a reader need not ask again.
    /// </summary>
    int Read(Span<byte> destination);

    /// <summary>Queues up to all of <paramref name="source"/>; the number taken, 0 when the send buffer is full.</summary>
    int Write(ReadOnlySpan<byte> source);

    /// <summary>
    /// Queues bytes that never change any more, as <see cref="Write"/> does; the stream may keep them instead of a copy, so
    /// that what goes to many takes its room once.
    /// </summary>
    int WriteShared(ReadOnlyMemory<byte> source) => Write(source.Span);

    /// <summary>Reads what a write will need, as <see cref="IByteStreamHandler.Touch"/> does.</summary>
    int Touch() => 0;

    /// <summary>Closes after the bytes queued (FIN). The handler gets no further event.</summary>
    void Close();

    /// <summary>Drops the stream at once (RST). The handler gets no further event.</summary>
    void Abort();
}
