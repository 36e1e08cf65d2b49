using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>"network PREFIX [route-map NAME]".</summary>
internal sealed record FrrNetwork(InternetPrefix Prefix)
{
    public string? RouteMap { get; init; }

    /// <summary>The network as it came from elsewhere.</summary>
    public BgpNetwork? Given { get; init; }
}
