namespace Netemu.Engine.Netfilter.Text;

/// <summary>The options of `iptables -L`: -v, -x, -n, --line-numbers.</summary>
public readonly record struct ListingOptions(bool Verbose = false, bool Exact = false, bool LineNumbers = false)
{
    /// <summary>Whether protocols, ports, ICMP types and TCP flags have their names: -L without -n.</summary>
    public bool Names { get; init; }

    /// <summary>The number of the one rule to show, which then stands without the chain's header; null for all.</summary>
    public int? Only { get; init; }
}
