namespace Netemu.Felix.Rendering;

/// <summary>Which fields of a packet are looked up in an IP set.</summary>
public enum SetDirection : byte
{
    /// <summary>src</summary>
    Source,

    /// <summary>dst</summary>
    Destination,

    /// <summary>src,src: source address and source port.</summary>
    SourceAndPort,

    /// <summary>dst,dst: destination address and destination port.</summary>
    DestinationAndPort,
}
