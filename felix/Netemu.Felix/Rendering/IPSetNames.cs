using Netemu.Core.Addresses;

namespace Netemu.Felix.Rendering;

/// <summary>The names of IP sets in the kernel: cali40 or cali60 and the id, cut to ipset's 31 characters.</summary>
public static class IPSetNames
{
    /// <summary>All pools.</summary>
    public const string AllPools = "all-ipam-pools";

    /// <summary>The pools whose outgoing packets are masqueraded.</summary>
    public const string MasqueradePools = "masq-ipam-pools";

    /// <summary>The cluster's nodes: tunnel packets are accepted from them only.</summary>
    public const string AllHosts = "all-hosts-net";

    public const string AllVxlanHosts = "all-vxlan-net";

    private const int MaximumLength = 31;

    public static string Of(string id, AddressFamily family)
    {
        string name = (family == AddressFamily.IPv4 ? "cali40" : "cali60") + id;
        return name.Length <= MaximumLength ? name : name[..MaximumLength];
    }
}
