using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>"ip route": by a gateway, out of an interface, or to nowhere.</summary>
public sealed record FrrStaticRoute(InternetPrefix Prefix)
{
    public InternetAddress Gateway { get; init; }

    public string? Interface { get; init; }

    public bool IsBlackhole { get; init; }

    public bool IsReject { get; init; }

    /// <summary>The administrative distance; 1 unless said otherwise.</summary>
    public int Distance { get; init; } = 1;
}
