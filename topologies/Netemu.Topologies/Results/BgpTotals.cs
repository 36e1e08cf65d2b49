namespace Netemu.Topologies.Results;

/// <summary>The BGP sessions of a run and what they exchanged.</summary>
public sealed record BgpTotals(int Sessions, int Established, long UpdatesSent, long UpdatesReceived, long Routes)
{
    public static BgpTotals None { get; } = new(0, 0, 0, 0, 0);
}
