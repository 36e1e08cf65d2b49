using System.Collections.Generic;
using Netemu.Calico.Resources;

namespace Netemu.Calico.Policies;

/// <summary>
/// The order in which policies of one tier, and tiers, are asked: by order with null last; ties by name, namespace and kind
/// of a policy (felix/calc/policy_sorter.go), or by name of a tier.
/// </summary>
public static class PolicyOrder
{
    public static IComparer<Policy> Policies { get; } =
        Comparer<Policy>.Create(static (left, right) => Compare(left.Order, left.Key, right.Order, right.Key));

    public static IComparer<Tier> Tiers { get; } = Comparer<Tier>.Create(static (left, right) =>
        CompareOrders(left.Order, right.Order) is not 0 and int order ? order : string.CompareOrdinal(left.Name, right.Name));

    public static int Compare(decimal? leftOrder, ResourceKey left, decimal? rightOrder, ResourceKey right)
    {
        int order = CompareOrders(leftOrder, rightOrder);
        if (order == 0)
        {
            order = string.CompareOrdinal(left.Name, right.Name);
        }

        if (order == 0)
        {
            order = string.CompareOrdinal(left.Namespace, right.Namespace);
        }

        return order != 0 ? order : string.CompareOrdinal(left.Kind.ToString(), right.Kind.ToString());
    }

    private static int CompareOrders(decimal? left, decimal? right) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        _ => left.Value.CompareTo(right.Value),
    };
}
