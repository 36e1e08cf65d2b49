using System.Collections.Generic;
using System.Linq;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Netfilter.Sets;
using Netemu.Felix.Messages;
using Netemu.Felix.Rendering;
using EngineChain = Netemu.Engine.Netfilter.Rules.Chain;
using EngineRule = Netemu.Engine.Netfilter.Rules.Rule;

namespace Netemu.Felix.Dataplane;

/// <summary>
/// Brings a node's netfilter to what the model says, in Felix's order: set additions, each table atomically on its own, set
/// deletions last. Rules of others in the built-in chains stay where they are, behind Felix's.
/// </summary>
internal sealed class NetfilterDriver(NetworkNamespace space, DataplaneModel model)
{
    /// <summary>A rule that Felix wrote into a built-in chain is known by this tag when it is written again.</summary>
    private static readonly object _hookMark = new();

    /// <summary>Tables and sets written so far, for the work counters.</summary>
    public long Operations { get; private set; }

    /// <summary>Applies what has changed; the first call writes everything.</summary>
    public void Apply()
    {
        DataplaneChange change = model.TakeChange();
        foreach (SetChange set in change.Sets)
        {
            ApplySet(set, additions: true);
        }

        foreach (TableChange table in change.Tables)
        {
            ApplyTable(table);
        }

        foreach (SetChange set in change.Sets)
        {
            ApplySet(set, additions: false);
        }

        foreach (string name in change.RemovedSets)
        {
            space.Netfilter.Sets.Destroy(name);
            Operations++;
        }
    }

    private void ApplySet(SetChange change, bool additions)
    {
        SetType type = NetfilterTranslation.TypeOf(change.Type);
        IPSet set = space.Netfilter.Sets.FindOrCreate(change.Name, type, change.Family, maximumElements: 1 << 20);
        Operations++;
        if (change.IsReplaced)
        {
            if (additions)
            {
                set.Replace(change.Added.Select(NetfilterTranslation.MemberOf));
            }

            return;
        }

        foreach (IPSetMember member in additions ? change.Added : change.Removed)
        {
            if (additions)
            {
                set.Add(NetfilterTranslation.MemberOf(member));
            }
            else
            {
                set.Remove(NetfilterTranslation.MemberOf(member));
            }
        }
    }

    private void ApplyTable(TableChange change)
    {
        TableKey key = change.Table;
        TableName name = NetfilterTranslation.TableOf(key.Table);
        List<EngineChain> replaced = [.. change.Updated.Select(NetfilterTranslation.ChainOf), .. BaseChains(key, name)];
        TableError? error = space.Netfilter.UpdateTable(key.Family, name, replaced, change.Removed);
        Operations++;
        if (error is not null)
        {
            // The renderer writes only what the engine can hold: anything else is a bug, and must not pass for policy.
            throw new System.InvalidOperationException($"{space.QualifiedName}: table {name} refused: {error}");
        }
    }

    /// <summary>The built-in chains with Felix's rules first (chainInsertMode Insert) and what it appends last.</summary>
    private IEnumerable<EngineChain> BaseChains(TableKey key, TableName name)
    {
        IReadOnlyList<EngineChain> present = space.Netfilter.TableOf(key.Family, name);
        Dictionary<string, IReadOnlyList<ChainRule>> inserted = model.Hooks(key).ToDictionary(p => p.Key, p => p.Value);
        Dictionary<string, IReadOnlyList<ChainRule>> appended = model.Appended(key).ToDictionary(p => p.Key, p => p.Value);
        foreach (string chain in inserted.Keys.Concat(appended.Keys).Distinct().Order(System.StringComparer.Ordinal))
        {
            EngineChain? old = present.FirstOrDefault(c => c.Name == chain);
            IEnumerable<EngineRule> others = old?.Rules.Where(r => !ReferenceEquals(r.Tag, _hookMark)) ?? [];
            yield return new EngineChain(chain,
            [
                .. inserted.GetValueOrDefault(chain, []).Select(Hook),
                .. others,
                .. appended.GetValueOrDefault(chain, []).Select(Hook),
            ])
            {
                Policy = old?.Policy ?? default,
            };
        }
    }

    private static EngineRule Hook(ChainRule rule) => NetfilterTranslation.RuleOf(rule) with { Tag = _hookMark };
}
