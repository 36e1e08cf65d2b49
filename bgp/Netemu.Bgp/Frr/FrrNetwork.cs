using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>"network PREFIX [route-map NAME] [backdoor]".</summary>
internal sealed record FrrNetwork(InternetPrefix Prefix)
{
    public string? RouteMap { get; init; }

    /// <summary>It is not announced; the distance of an external route to it is that of a local one.</summary>
    public bool IsBackDoor { get; init; }

    /// <summary>The network as it came from elsewhere.</summary>
    public BgpNetwork? Given { get; init; }
}
