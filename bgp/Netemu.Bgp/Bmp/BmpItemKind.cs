namespace Netemu.Bgp.Bmp;

/// <summary>The kinds of <see cref="BmpItem"/>.</summary>
internal enum BmpItemKind : byte
{
    PeerUp,
    PeerDown,

    /// <summary>Every route of every neighbour that the station knows, a part at a time.</summary>
    Table,

    /// <summary>One route that was announced or withdrawn.</summary>
    Route,
    EndOfRib,
    Statistics,
}
