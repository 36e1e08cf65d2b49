using Netemu.Core.Addresses;

namespace Netemu.Calico.Ipam;

/// <summary>A row of `calicoctl ipam show --show-blocks`: a pool, or a block with its owner.</summary>
public sealed record IpamUsage(InternetPrefix Cidr, bool IsBlock, string? Affinity, long Total, long InUse)
{
    public long Free => Total - InUse;
}
