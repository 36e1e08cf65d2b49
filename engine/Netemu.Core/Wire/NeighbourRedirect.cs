using System;
using Netemu.Core.Addresses;

namespace Netemu.Core.Wire;

/// <summary>A redirect (RFC 4861 section 4.5), ICMPv6 header included.</summary>
public readonly ref struct NeighbourRedirect
{
    public const int FixedSize = 40;
    private readonly ReadOnlySpan<byte> _bytes;

    private NeighbourRedirect(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The better first hop; the destination itself if that is a neighbour.</summary>
    public IPv6Address Target => IPv6Address.Read(_bytes[8..]);

    public IPv6Address Destination => IPv6Address.Read(_bytes[24..]);

    public ReadOnlySpan<byte> Options => _bytes[FixedSize..];

    public static WireError TryParse(ReadOnlySpan<byte> bytes, out NeighbourRedirect message)
    {
        message = new NeighbourRedirect(bytes);
        if (bytes.Length < FixedSize)
        {
            return WireError.Truncated;
        }

        return NeighbourDiscoveryOptions.AreValid(bytes[FixedSize..]) ? WireError.None : WireError.BadLength;
    }
}
