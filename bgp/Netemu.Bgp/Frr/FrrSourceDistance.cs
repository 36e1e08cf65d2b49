using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>"distance N PREFIX [ACCESS-LIST]": routes from neighbours inside a prefix, those of a list only.</summary>
internal sealed record FrrSourceDistance(InternetPrefix Prefix, byte Distance, string? AccessList);
