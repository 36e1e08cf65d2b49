namespace Netemu.Bgp.Pipe;

/// <summary>What arrives at a stream.</summary>
internal enum PipeEventKind : byte
{
    Data,

    /// <summary>A connection request.</summary>
    Request,

    /// <summary>The request was granted.</summary>
    Accepted,

    /// <summary>The stream is over.</summary>
    Closed,
}
