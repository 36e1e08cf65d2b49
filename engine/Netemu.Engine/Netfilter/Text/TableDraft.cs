using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>
/// A table being changed by commands, before it is put in force as a whole. Every change returns null or the error that
/// iptables would print.
/// </summary>
internal sealed class TableDraft
{
    private const int LongestName = 28;

    private readonly AddressFamily _family;
    private readonly TableName _table;
    private readonly List<Chain> _chains;

    public TableDraft(PacketFilter filter, AddressFamily family, TableName table, bool flush)
    {
        _family = family;
        _table = table;
        _chains = flush
            ? [.. TableNames.Hooks(table).Select(hook => new Chain(TableNames.BaseChain(hook), []))]
            : [.. TableText.Chains(filter, family, table)];
    }

    public IReadOnlyList<Chain> Chains => _chains;

    public bool Has(string chain) => _chains.Exists(c => c.Name == chain);

    /// <summary>`:chain policy [packets:bytes]` of a restored file: an existing user chain is emptied.</summary>
    public string? Declare(string name, string policy, CounterValue counters)
    {
        if (TableText.IsBase(_table, name))
        {
            return SetPolicy(name, policy, counters);
        }

        if (Has(name))
        {
            return Flush(name);
        }

        return Create(name);
    }

    public string? Create(string name)
    {
        if (Has(name))
        {
            return "Chain already exists.";
        }

        if (name.Length > LongestName)
        {
            return $"chain name `{name}' too long (must be under 29 chars)";
        }

        _chains.Add(new Chain(name, []));
        return null;
    }

    public string? SetPolicy(string name, string policy, CounterValue counters = default)
    {
        if (!TableText.IsBase(_table, name))
        {
            return "Bad built-in chain name.";
        }

        if (policy is not ("ACCEPT" or "DROP"))
        {
            return "Bad policy name. Run `dmesg' for more information.";
        }

        return Change(name, chain => chain with
        {
            Policy = policy == "DROP" ? ChainPolicy.Drop : ChainPolicy.Accept,
            Initial = counters,
        });
    }

    public string? Append(string name, Rule rule) => Change(name, chain => chain with { Rules = chain.Rules.Add(rule) });

    public string? Insert(string name, int number, Rule rule)
    {
        if (number < 1 || number > Rules(name).Length + 1)
        {
            return "Index of insertion too big.";
        }

        return Change(name, chain => chain with { Rules = chain.Rules.Insert(number - 1, rule) });
    }

    public string? Replace(string name, int number, Rule rule) => number < 1 || number > Rules(name).Length
        ? "Index of replacement too big."
        : Change(name, chain => chain with { Rules = chain.Rules.SetItem(number - 1, rule) });

    public string? Delete(string name, int number) => number < 1 || number > Rules(name).Length
        ? "Index of deletion too big."
        : Change(name, chain => chain with { Rules = chain.Rules.RemoveAt(number - 1) });

    /// <summary>Deletes the first rule that reads the same.</summary>
    public string? Delete(string name, Rule rule)
    {
        if (!Has(name))
        {
            return "No chain/target/match by that name.";
        }

        int index = Find(name, rule);
        return index < 0 ? "Bad rule (does a matching rule exist in that chain?)." : Delete(name, index + 1);
    }

    /// <summary>The place of the first rule that reads the same, or -1.</summary>
    public int Find(string name, Rule rule)
    {
        string text = RuleText.Write(rule, _family);
        ImmutableArray<Rule> rules = Rules(name);
        for (int i = 0; i < rules.Length; i++)
        {
            if (string.Equals(RuleText.Write(rules[i], _family), text, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }

    public string? Flush(string? name)
    {
        if (name is not null)
        {
            return Change(name, chain => chain with { Rules = [] });
        }

        for (int i = 0; i < _chains.Count; i++)
        {
            _chains[i] = _chains[i] with { Rules = [] };
        }

        return null;
    }

    /// <summary>Deletes an empty user chain that nothing jumps to, or all such.</summary>
    public string? DeleteChain(string? name)
    {
        if (name is null)
        {
            foreach (string user in _chains.Select(c => c.Name).Where(n => !TableText.IsBase(_table, n)).ToArray())
            {
                string? error = DeleteChain(user);
                if (error is not null)
                {
                    return error;
                }
            }

            return null;
        }

        if (!Has(name))
        {
            return "No chain/target/match by that name.";
        }

        if (TableText.IsBase(_table, name) || References(name) > 0 || Rules(name).Length > 0)
        {
            return $"CHAIN_DEL failed (Device or resource busy): chain {name}";
        }

        _chains.RemoveAll(c => c.Name == name);
        return null;
    }

    public string? Rename(string from, string to)
    {
        if (!Has(from) || TableText.IsBase(_table, from))
        {
            return "No chain/target/match by that name.";
        }

        if (Has(to))
        {
            return "File exists.";
        }

        for (int i = 0; i < _chains.Count; i++)
        {
            Chain chain = _chains[i];
            _chains[i] = chain with
            {
                Name = chain.Name == from ? to : chain.Name,
                Rules = [.. chain.Rules.Select(rule => rule.Target switch
                {
                    RuleTarget.Jump jump when jump.Chain == from => rule with { Target = new RuleTarget.Jump(to) },
                    RuleTarget.Goto jump when jump.Chain == from => rule with { Target = new RuleTarget.Goto(to) },
                    _ => rule,
                })],
            };
        }

        return null;
    }

    private int References(string name) => _chains.Sum(chain => chain.Rules.Count(rule =>
        rule.Target is RuleTarget.Jump jump && jump.Chain == name || rule.Target is RuleTarget.Goto other && other.Chain == name));

    private ImmutableArray<Rule> Rules(string name) => _chains.Find(c => c.Name == name)?.Rules ?? [];

    private string? Change(string name, Func<Chain, Chain> change)
    {
        int index = _chains.FindIndex(c => c.Name == name);
        if (index < 0)
        {
            return "No chain/target/match by that name.";
        }

        _chains[index] = change(_chains[index]);
        return null;
    }
}
