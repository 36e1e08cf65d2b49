using Netemu.Core.Addresses;

namespace Netemu.Calico.Ipam;

/// <summary>
/// A row of `calicoctl ipam show --show-blocks`: a pool, or a block with its owner. An address that was given out before it was
/// reserved counts in both; what is neither is free.
/// </summary>
public sealed record IpamUsage(InternetPrefix Cidr, bool IsBlock, string? Affinity, long Total, long InUse, long Reserved, long Free);
