using Netemu.Core.Addresses;

namespace Netemu.Core.Streams;

/// <summary>What a caller asks of a connection beyond its end points.</summary>
public sealed record StreamOptions
{
    public static StreamOptions Default { get; } = new();

    /// <summary>The local address to bind, or none for the stack's choice.</summary>
    public InternetAddress LocalAddress { get; init; }

    /// <summary>The device that a link-local remote address is on (sin6_scope_id), or null.</summary>
    public string? Device { get; init; }

    /// <summary>The local port to bind; 0 for the stack's choice.</summary>
    public ushort LocalPort { get; init; }

    /// <summary>The TTL or hop limit of what is sent; 0 for the stack's default.</summary>
    public byte Ttl { get; init; }

    /// <summary>The least TTL accepted in what arrives (GTSM, RFC 5082); 0 for any.</summary>
    public byte MinimumTtl { get; init; }

    /// <summary>The key of the TCP MD5 signature option (RFC 2385), or null.</summary>
    public string? Md5Key { get; init; }

    /// <summary>The DSCP and ECN byte of what is sent (BGP uses CS6, 0xC0).</summary>
    public byte TrafficClass { get; init; }
}
