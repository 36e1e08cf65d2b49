namespace Netemu.Bgp.Rib;

/// <summary>The pages of every RIB of one emulation, by what they hold.</summary>
internal sealed class RibPages
{
    public PagePool<int> Numbers { get; } = new();

    public PagePool<uint> Identifiers { get; } = new();

    public PagePool<RibPath> Paths { get; } = new();

    public PagePool<AdjRibOut.Row> Announced { get; } = new();
}
