using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model;

/// <summary>A prefix with the lengths that match, as in a prefix list: 10.0.0.0/8 ge 16 le 24.</summary>
public readonly record struct BgpPrefixMatch(InternetPrefix Prefix, int MinimumLength, int MaximumLength);
