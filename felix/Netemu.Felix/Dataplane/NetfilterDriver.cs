using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
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
internal sealed class NetfilterDriver(NetworkNamespace space, DataplaneModel model, FelixServiceTime costs)
{
    private const string OwnChains = "cali-";
    private const string OwnSets = "cali";

    private readonly SortedDictionary<TableKey, Dictionary<string, EngineChain>> _written = [];

    /// <summary>Sets written so far, for the work counters.</summary>
    public long SetOperations { get; private set; }

    /// <summary>Tables written so far.</summary>
    public long TableOperations { get; private set; }

    /// <summary>The operations that bring what has changed into force, in order; the first call writes everything.</summary>
    public List<DataplaneStep> TakeSteps()
    {
        DataplaneChange change = model.TakeChange();
        List<DataplaneStep> steps = [];
        foreach (SetChange set in change.Sets)
        {
            if (set.IsReplaced || set.Gained.Count > 0)
            {
                steps.Add(new DataplaneStep(
                    DataplaneStepKind.SetAdditions, set.Name, costs.OfSet(set.AddedCount), () => AddToSet(set), set));
            }
        }

        foreach (TableChange table in change.Tables)
        {
            steps.Add(new DataplaneStep(
                DataplaneStepKind.Table, $"{table.Table.Family}/{table.Table.Table}", costs.OfTable(RulesAfter(table)), () => ApplyTable(table), table));
        }

        foreach (SetChange set in change.Sets)
        {
            if (!set.IsReplaced && set.Removed.Count > 0)
            {
                steps.Add(new DataplaneStep(
                    DataplaneStepKind.SetDeletions, set.Name, costs.OfSet(set.Removed.Count), () => RemoveFromSet(set), set));
            }
        }

        foreach (string name in change.RemovedSets)
        {
            steps.Add(new DataplaneStep(DataplaneStepKind.SetDeletions, name, costs.SetBase, () => DestroySet(name)));
        }

        return steps;
    }

    /// <summary>
    /// A full comparison of all tables with what was written (iptablesRefreshInterval): chains that somebody changed,
    /// added or removed are put right, and Felix's hooks come first again. Says how many tables were wrong.
    /// </summary>
    public int RepairTables()
    {
        int repaired = 0;
        foreach ((TableKey key, Dictionary<string, EngineChain> wanted) in _written)
        {
            TableName name = NetfilterTranslation.TableOf(key.Table);
            Dictionary<string, EngineChain> present = space.Netfilter.TableOf(key.Family, name).ToDictionary(c => c.Name, StringComparer.Ordinal);
            List<EngineChain> replaced =
            [
                .. wanted.Values.Where(chain => !present.TryGetValue(chain.Name, out EngineChain? now) || !IsSame(chain, now))
                    .OrderBy(chain => chain.Name, StringComparer.Ordinal),
                .. BaseChains(key, name).Where(chain => !present.TryGetValue(chain.Name, out EngineChain? now) || !IsSame(chain, now)),
            ];
            string[] strangers =
            [
                .. present.Keys.Where(chain => chain.StartsWith(OwnChains, StringComparison.Ordinal) && !wanted.ContainsKey(chain))
                    .Order(StringComparer.Ordinal),
            ];
            if (replaced.Count + strangers.Length > 0)
            {
                Write(key, name, replaced, strangers);
                repaired++;
            }
        }

        return repaired;
    }

    /// <summary>The same for sets (ipsetsRefreshInterval). Says how many were wrong.</summary>
    public int RepairSets()
    {
        int repaired = 0;
        HashSet<string> wanted = new(StringComparer.Ordinal);
        foreach (AddressFamily family in (ReadOnlySpan<AddressFamily>)[AddressFamily.IPv4, AddressFamily.IPv6])
        {
            foreach (RenderedSet set in model.SetsOf(family))
            {
                wanted.Add(set.Name);
                IPSet present = space.Netfilter.Sets.FindOrCreate(set.Name, NetfilterTranslation.TypeOf(set.Type), family, maximumElements: 1 << 20);
                if (ReferenceEquals(present.Content, WrittenOf(set.Version, family)))
                {
                    continue;
                }

                if (present.Count != set.Members.Count || !set.Members.All(member => present.Contains(NetfilterTranslation.MemberOf(member))))
                {
                    present.Replace(set.Members.Select(NetfilterTranslation.MemberOf));
                    SetOperations++;
                    repaired++;
                }
            }
        }

        string[] strangers =
            [.. space.Netfilter.Sets.All.Select(set => set.Name).Where(n => n.StartsWith(OwnSets, StringComparison.Ordinal) && !wanted.Contains(n))];
        foreach (string name in strangers)
        {
            repaired += space.Netfilter.Sets.Destroy(name) == SetError.None ? 1 : 0;
        }

        return repaired;
    }

    private static bool IsSame(EngineChain left, EngineChain right)
    {
        if (left.Policy != right.Policy || left.Rules.Length != right.Rules.Length)
        {
            return false;
        }

        for (int i = 0; i < left.Rules.Length; i++)
        {
            if (!ReferenceEquals(left.Rules[i], right.Rules[i]))
            {
                return false;
            }
        }

        return true;
    }

    private int RulesAfter(TableChange table)
    {
        int rules = table.Updated.Sum(chain => chain.Rules.Count);
        foreach (EngineChain chain in _written.GetValueOrDefault(table.Table)?.Values ?? Enumerable.Empty<EngineChain>())
        {
            rules += chain.Rules.Length;
        }

        return rules;
    }

    private void AddToSet(SetChange change)
    {
        SetType type = NetfilterTranslation.TypeOf(change.Type);
        IPSet set = space.Netfilter.Sets.FindOrCreate(change.Name, type, change.Family, maximumElements: 1 << 20);
        SetOperations++;
        if (change.IsReplaced || change.Removed.Count == 0)
        {
            Bring(set, change, change.Gained, []);
            return;
        }

        // What goes is still there until the tables are written.
        foreach (IPSetMember member in change.Gained)
        {
            set.Add(NetfilterTranslation.MemberOf(member));
        }
    }

    private void RemoveFromSet(SetChange change)
    {
        SetOperations++;
        if (space.Netfilter.Sets.Find(change.Name) is { } set)
        {
            Bring(set, change, [], change.Removed);
        }
    }

    /// <summary>
    /// Brings a set to the version that the change ends at: by what another node has made of the same version, else by the
    /// difference, which the next node then finds.
    /// </summary>
    private static void Bring(IPSet set, SetChange change, IReadOnlyList<IPSetMember> added, IReadOnlyList<IPSetMember> removed)
    {
        if (WrittenOf(change.Members, change.Family) is { } written && written.Type == set.Type)
        {
            set.Share(written);
            return;
        }

        if (change.IsReplaced)
        {
            set.Replace(change.Added.Select(NetfilterTranslation.MemberOf));
        }

        foreach (IPSetMember member in added)
        {
            set.Add(NetfilterTranslation.MemberOf(member));
        }

        foreach (IPSetMember member in removed)
        {
            set.Remove(NetfilterTranslation.MemberOf(member));
        }

        change.Members.Written[SlotOf(change.Family)] = new WrittenSet(set.Content, set.Content.Revision);
    }

    /// <summary>What some node has written for this version, if nobody has changed it since.</summary>
    private static SetContent? WrittenOf(MemberVersion version, AddressFamily family) =>
        version.Written[SlotOf(family)] is WrittenSet written && written.Content.Revision == written.Revision ? written.Content : null;

    private static int SlotOf(AddressFamily family) => family == AddressFamily.IPv4 ? 0 : 1;

    private void DestroySet(string name)
    {
        space.Netfilter.Sets.Destroy(name);
        SetOperations++;
    }

    private void ApplyTable(TableChange change)
    {
        TableKey key = change.Table;
        TableName name = NetfilterTranslation.TableOf(key.Table);
        if (!_written.TryGetValue(key, out Dictionary<string, EngineChain>? written))
        {
            written = new Dictionary<string, EngineChain>(StringComparer.Ordinal);
            _written.Add(key, written);
        }

        List<EngineChain> replaced = [.. change.Updated.Select(NetfilterTranslation.ChainOf)];
        foreach (EngineChain chain in replaced)
        {
            written[chain.Name] = chain;
        }

        foreach (string removed in change.Removed)
        {
            written.Remove(removed);
        }

        Write(key, name, [.. replaced, .. BaseChains(key, name)], change.Removed);
    }

    private void Write(TableKey key, TableName name, IEnumerable<EngineChain> replaced, IEnumerable<string> removed)
    {
        TableError? error = space.Netfilter.UpdateTable(key.Family, name, replaced, removed);
        TableOperations++;
        if (error is not null)
        {
            // The renderer writes only what the engine can hold: anything else is a bug, and must not pass for policy.
            throw new InvalidOperationException($"{space.QualifiedName}: table {name} refused: {error}");
        }
    }

    /// <summary>
    /// The built-in chains with Felix's rules first (chainInsertMode Insert) or behind those of all others (Append), and what
    /// it appends last. A hook that is there already stays the same object, so that its counters go on.
    /// </summary>
    private IEnumerable<EngineChain> BaseChains(TableKey key, TableName name)
    {
        IReadOnlyList<EngineChain> present = space.Netfilter.TableOf(key.Family, name);
        Dictionary<string, IReadOnlyList<ChainRule>> inserted = model.Hooks(key).ToDictionary(p => p.Key, p => p.Value);
        Dictionary<string, IReadOnlyList<ChainRule>> appended = model.Appended(key).ToDictionary(p => p.Key, p => p.Value);
        foreach (string chain in inserted.Keys.Concat(appended.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            EngineChain? old = present.FirstOrDefault(c => c.Name == chain);
            EngineRule[] own = [.. old?.Rules.Where(HookMark.IsFelix) ?? []];
            IEnumerable<EngineRule> others = old?.Rules.Where(r => !HookMark.IsFelix(r)) ?? [];
            bool appends = model.Configuration.AppendsChains;
            HookMark mark = appends ? HookMark.FelixAppended : HookMark.FelixInserted;
            EngineRule[] hooks = [.. inserted.GetValueOrDefault(chain, []).Select(rule => Hook(rule, mark, own))];
            yield return new EngineChain(chain,
            [
                .. appends ? others : hooks,
                .. appends ? hooks : others,
                .. appended.GetValueOrDefault(chain, []).Select(rule => Hook(rule, HookMark.FelixAppended, own)),
            ])
            {
                Policy = old?.Policy ?? default,
            };
        }
    }

    private static EngineRule Hook(ChainRule rule, HookMark mark, EngineRule[] own)
    {
        EngineRule hook = NetfilterTranslation.RuleOf(rule) with { Tag = mark };
        return Array.Find(own, r => ReferenceEquals(r.Tag, mark) && r.Matches.SequenceEqual(hook.Matches) && Equals(r.Target, hook.Target)) ?? hook;
    }

    /// <summary>A set's members as one node wrote them.</summary>
    private sealed record WrittenSet(SetContent Content, long Revision);
}
