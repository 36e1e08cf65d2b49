namespace Netemu.Engine.Netfilter.Text;

/// <summary>The options of `iptables -L -n`: -v, -x, --line-numbers.</summary>
public readonly record struct ListingOptions(bool Verbose = false, bool Exact = false, bool LineNumbers = false);
