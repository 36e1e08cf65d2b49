using System;
using Netemu.Core.Addresses;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>
/// The order of a dump: IPv4's trie gives addresses upwards and, of one address, the longer prefix first; IPv6's tree is
/// walked after its branches, so that a prefix comes after those inside it.
/// </summary>
internal static class RouteOrder<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    public static int Compare(Route<TAddress> left, Route<TAddress> right)
    {
        int byPrefix = FamilyView<TAddress>.IsIPv6 ? ComparePostOrder(left.Prefix, right.Prefix) : CompareTrie(left.Prefix, right.Prefix);
        return byPrefix != 0 ? byPrefix : left.Metric.CompareTo(right.Metric);
    }

    private static int CompareTrie(Prefix<TAddress> left, Prefix<TAddress> right)
    {
        int byAddress = left.Address.CompareTo(right.Address);
        return byAddress != 0 ? byAddress : right.Length.CompareTo(left.Length);
    }

    private static int ComparePostOrder(Prefix<TAddress> left, Prefix<TAddress> right)
    {
        int shorter = Math.Min(left.Length, right.Length);
        return left.Address.Mask(shorter).Equals(right.Address.Mask(shorter))
            ? right.Length.CompareTo(left.Length)
            : left.Address.CompareTo(right.Address);
    }
}
