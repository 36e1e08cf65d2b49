using Netemu.Core.Addresses;
using Netemu.Engine.Filtering;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter;

/// <summary>
/// The rule that ended a packet. <paramref name="Number"/> counts from 1 as `iptables -L --line-numbers` does; 0 is the
/// policy of a base chain, which has no <paramref name="Rule"/>. The rule's tag tells its writer what it stands for.
/// </summary>
public readonly record struct DropExplanation(
    AddressFamily Family, HookPoint Hook, TableName Table, string Chain, int Number, Rule? Rule)
{
    /// <summary>As `filter cali-tw-eth0 rule 2` or `filter FORWARD policy`.</summary>
    public override string ToString() => Number == 0
        ? $"{TableNames.Text(Table)} {Chain} policy"
        : $"{TableNames.Text(Table)} {Chain} rule {Number}";
}
