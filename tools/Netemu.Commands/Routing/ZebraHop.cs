namespace Netemu.Commands.Routing;

/// <summary>A way: over a gateway, or over a device alone.</summary>
internal sealed record ZebraHop(string? Gateway, string? Device)
{
    public bool IsBlackhole { get; init; }

    /// <summary>Its gateway is on no link: <see cref="IsResolver"/> ones behind it say how it is reached.</summary>
    public bool IsRecursive { get; init; }

    public bool IsResolver { get; init; }

    public string Text => IsBlackhole ? "unreachable (blackhole)"
        : Gateway is null ? $"is directly connected, {Device}"
        : IsRecursive ? $"via {Gateway} (recursive)"
        : $"via {Gateway}, {Device}";
}
