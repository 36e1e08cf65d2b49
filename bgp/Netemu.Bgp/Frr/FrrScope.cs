using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>Where a line of "router bgp" stands: in which router, in which of its families, and under which "frr defaults".</summary>
internal readonly record struct FrrScope(FrrRouter Router, AddressFamily Family, bool IsDatacenter);
