using Netemu.Core.Addresses;

namespace Netemu.Engine.IPv6;

/// <summary>
/// What fragments of one packet have in common (RFC 8200 section 4.5), and the device for what means something on its link only.
/// </summary>
internal readonly record struct IPv6FragmentKey(IPv6Address Source, IPv6Address Destination, uint Identification, int Device)
{
    public override int GetHashCode() => (int)(Source.StableHash() ^ (Destination.StableHash() * 31) ^ Identification);
}
