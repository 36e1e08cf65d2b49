using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>"aggregate-address PREFIX ...".</summary>
internal sealed record FrrAggregate(InternetPrefix Prefix)
{
    public bool SummaryOnly { get; init; }

    public bool AsSet { get; init; }

    public string? SuppressMap { get; init; }

    public string? RouteMap { get; init; }

    /// <summary>The aggregate as it came from elsewhere.</summary>
    public BgpAggregate? Given { get; init; }
}
