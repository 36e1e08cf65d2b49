namespace Netemu.Bgp.Bmp;

/// <summary>What a station has yet to be told. Of a route only its name: what it is then is looked up when it is told.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Peer">The neighbour's number.</param>
/// <param name="Epoch">Which of the neighbour's sessions; of one that is over nothing more is told.</param>
internal readonly record struct BmpItem(BmpItemKind Kind, ushort Peer, int Epoch)
{
    public bool IsIPv6 { get; init; }

    public int Prefix { get; init; }

    public uint PathId { get; init; }

    /// <summary>The message as it goes out, where what it says is gone by then.</summary>
    public byte[]? Bytes { get; init; }
}
