namespace Netemu.Engine.Pcapng;

/// <summary>Why <see cref="PcapngReader.Read"/> gave no packet.</summary>
public enum PcapngError : byte
{
    /// <summary>It gave one.</summary>
    None,

    /// <summary>The stream ended between two blocks: all was well.</summary>
    EndOfStream,

    /// <summary>The stream ended inside a header, a block or a record, as a copy of a growing file does.</summary>
    Truncated,

    /// <summary>Neither a section header block nor a pcap file header, or a section with no byte-order magic.</summary>
    BadMagic,

    /// <summary>A major version other than 1 (pcapng) or 2 (pcap).</summary>
    BadVersion,

    /// <summary>A length that contradicts another: of a block, of its copy at the block's end, of a packet in its block.</summary>
    BadLength,

    /// <summary>An option that is longer than its block, or of another size than its code demands.</summary>
    BadOption,

    /// <summary>A block or packet longer than <see cref="PcapngReader.MaximumBlockLength"/>.</summary>
    TooLong,

    /// <summary>A packet of an interface that its section has not described.</summary>
    UnknownInterface,

    /// <summary>An instant before 1970 or past what 63 bits of nanoseconds hold (year 2262).</summary>
    BadTimestamp,
}
