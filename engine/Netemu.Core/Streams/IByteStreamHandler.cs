namespace Netemu.Core.Streams;

/// <summary>What the owner of a byte stream is told. Every call comes from the event loop, never from inside a call on the stream.</summary>
public interface IByteStreamHandler
{
    /// <summary>The stream is established in both directions.</summary>
    void OnConnected(IByteStream stream);

    /// <summary>Bytes can be read; comes again only after all has been read.</summary>
    void OnReadable(IByteStream stream);

    /// <summary>A write that fell short can go on.</summary>
    void OnWritable(IByteStream stream);

    /// <summary>The stream is over; what has arrived can still be read in this call.</summary>
    void OnClosed(IByteStream stream, StreamCloseReason reason);

    /// <summary>
    /// Reads something of all that a call will need: who has many calls to make has them all brought into the cache first,
    /// so that their misses overlap. The value means nothing.
    /// </summary>
    int Touch() => 0;
}
