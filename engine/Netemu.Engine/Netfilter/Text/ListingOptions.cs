namespace Netemu.Engine.Netfilter.Text;

/// <summary>The options of `iptables -L -n`: -v, -x, --line-numbers.</summary>
public readonly record struct ListingOptions(bool Verbose = false, bool Exact = false, bool LineNumbers = false)
{
    /// <summary>The number of the one rule to show, which then stands without the chain's header; null for all.</summary>
    public int? Only { get; init; }
}
