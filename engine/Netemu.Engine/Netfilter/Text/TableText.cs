using System.Collections.Generic;
using System.Linq;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>Tables as `iptables-save` and `iptables -S` write them.</summary>
public static class TableText
{
    /// <summary>The order of iptables-save's tables (that of iptables-nft).</summary>
    private static readonly System.Collections.Immutable.ImmutableArray<TableName> SaveOrder =
        [TableName.Mangle, TableName.Raw, TableName.Filter, TableName.Nat];

    /// <summary>All tables that were filled, without the comment lines that carry the date.</summary>
    public static string Save(PacketFilter filter, AddressFamily family, bool counters = false)
    {
        StringBuilder text = new();
        foreach (TableName table in SaveOrder)
        {
            if (filter.HasTable(family, table))
            {
                Save(text, filter, family, table, counters);
            }
        }

        return text.ToString();
    }

    /// <summary>One table.</summary>
    public static string Save(PacketFilter filter, AddressFamily family, TableName table, bool counters = false)
    {
        StringBuilder text = new();
        Save(text, filter, family, table, counters);
        return text.ToString();
    }

    /// <summary>`iptables -S [chain [number]]`: policies and chains, then rules; of one rule the rule only.</summary>
    public static string Specify(PacketFilter filter, AddressFamily family, TableName table, string? only = null, int? number = null, bool withCounters = false)
    {
        StringBuilder text = new();
        Chain[] chains = [.. Chains(filter, family, table).Where(chain => only is null || chain.Name == only)];
        foreach (Chain chain in number is null ? chains : [])
        {
            text.Append(IsBase(table, chain.Name)
                ? $"-P {chain.Name} {Policy(chain)}{(withCounters ? Counters(filter.PolicyCounter(family, table, chain.Name)) : string.Empty)}\n"
                : $"-N {chain.Name}\n");
        }

        foreach (Chain chain in chains)
        {
            foreach ((int index, Rule rule) in chain.Rules.Index())
            {
                if (number is null || number == index + 1)
                {
                    string counters = withCounters ? Counters(filter.Counter(family, table, chain.Name, index + 1)) : string.Empty;
                    text.Append($"-A {chain.Name}{RuleText.Write(rule, family, counters)}\n");
                }
            }
        }

        return text.ToString();
    }

    /// <summary>As -S -v has them, before the target.</summary>
    private static string Counters(CounterValue counter) => $" -c {counter.Packets} {counter.Bytes}";

    /// <summary>Base chains in the order of hooks, user chains by name, as iptables sorts them.</summary>
    internal static IEnumerable<Chain> Chains(PacketFilter filter, AddressFamily family, TableName table)
    {
        IReadOnlyList<Chain> chains = filter.TableOf(family, table);
        foreach (Filtering.HookPoint hook in TableNames.Hooks(table))
        {
            string name = TableNames.BaseChain(hook);
            yield return chains.FirstOrDefault(chain => chain.Name == name) ?? new Chain(name, []);
        }

        foreach (Chain chain in chains.Where(chain => !IsBase(table, chain.Name)).OrderBy(chain => chain.Name, System.StringComparer.Ordinal))
        {
            yield return chain;
        }
    }

    internal static bool IsBase(TableName table, string chain) =>
        TableNames.TryHook(chain, out Filtering.HookPoint hook) && TableNames.Hooks(table).Contains(hook);

    internal static string Policy(Chain chain) => chain.Policy == ChainPolicy.Accept ? "ACCEPT" : "DROP";

    private static void Save(StringBuilder text, PacketFilter filter, AddressFamily family, TableName table, bool counters)
    {
        text.Append($"*{TableNames.Text(table)}\n");
        Chain[] chains = [.. Chains(filter, family, table)];
        foreach (Chain chain in chains)
        {
            CounterValue counter = filter.PolicyCounter(family, table, chain.Name);
            text.Append(IsBase(table, chain.Name)
                ? $":{chain.Name} {Policy(chain)} [{counter.Packets}:{counter.Bytes}]\n"
                : $":{chain.Name} - [0:0]\n");
        }

        foreach (Chain chain in chains)
        {
            for (int i = 0; i < chain.Rules.Length; i++)
            {
                CounterValue counter = filter.Counter(family, table, chain.Name, i + 1);
                text.Append(counters ? $"[{counter.Packets}:{counter.Bytes}] " : string.Empty);
                text.Append($"-A {chain.Name}{RuleText.Write(chain.Rules[i], family)}\n");
            }
        }

        text.Append("COMMIT\n");
    }
}
