namespace Netemu.Topologies.Model;

/// <summary>What carries a session's bytes.</summary>
public enum BgpTransport : byte
{
    /// <summary>Emulated TCP: packets on links.</summary>
    Tcp,

    /// <summary>An in-memory pipe between two nodes.</summary>
    Pipe,
}
