using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Engine.IPv4;

/// <summary>What fragments of one datagram have in common (RFC 791 section 3.2).</summary>
internal readonly record struct FragmentKey(IPv4Address Source, IPv4Address Destination, ushort Identification, IPProtocol Protocol)
{
    public override int GetHashCode() => (int)(Source.StableHash() ^ (Destination.StableHash() * 31) ^ Identification);
}
