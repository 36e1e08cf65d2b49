using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>"ip route": by a gateway, out of an interface, or to nowhere.</summary>
public sealed record FrrStaticRoute(InternetPrefix Prefix)
{
    public InternetAddress Gateway { get; init; }

    public string? Interface { get; init; }

    public bool IsBlackhole { get; init; }

    /// <summary>A black hole by the name of "Null0".</summary>
    public bool IsNull { get; init; }

    public bool IsReject { get; init; }

    public bool IsOnLink { get; init; }

    /// <summary>What "match tag" asks for; 0 for none.</summary>
    public uint Tag { get; init; }

    /// <summary>The administrative distance; 1 unless said otherwise.</summary>
    public int Distance { get; init; } = 1;

    /// <summary>True if the other one leads the same way, whatever its distance and tag.</summary>
    public bool IsSameWay(FrrStaticRoute other) =>
        Prefix == other.Prefix && Gateway == other.Gateway && Interface == other.Interface
        && IsBlackhole == other.IsBlackhole && IsReject == other.IsReject;
}
