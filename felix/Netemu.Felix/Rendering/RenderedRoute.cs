using Netemu.Core.Addresses;

namespace Netemu.Felix.Rendering;

/// <summary>A route that Felix wants in the kernel's main table.</summary>
public sealed record RenderedRoute(InternetPrefix Destination)
{
    /// <summary>Unused addresses of an own block: packets for them end here instead of looping.</summary>
    public bool IsBlackhole { get; init; }

    /// <summary>The outgoing device; null for a blackhole and where the gateway's own route decides.</summary>
    public string? Device { get; init; }

    /// <summary>Null for what is on the link itself.</summary>
    public InternetAddress? Gateway { get; init; }

    /// <summary>The gateway is taken to be on the device's link, whatever the other routes say.</summary>
    public bool IsOnLink { get; init; }

    /// <summary>As `ip route show` prints it, without protocol and scope.</summary>
    public override string ToString() => IsBlackhole
        ? $"blackhole {Destination}"
        : $"{Destination}{(Gateway is { } gateway ? $" via {gateway}" : string.Empty)}"
            + $"{(Device is null ? string.Empty : $" dev {Device}")}{(IsOnLink ? " onlink" : string.Empty)}"
            + (Gateway is null ? " scope link" : string.Empty);
}
