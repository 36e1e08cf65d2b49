using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Netfilter;
using Netemu.Felix.Proxy;
using Netemu.Felix.Rendering;
using EngineChain = Netemu.Engine.Netfilter.Rules.Chain;
using EngineRule = Netemu.Engine.Netfilter.Rules.Rule;

namespace Netemu.Felix.Dataplane;

/// <summary>
/// kube-proxy's iptables mode on one node: writes the chains that Services and their endpoints need, table by table, and
/// only those that changed. Without any Service nothing is hooked in.
/// </summary>
public sealed class ProxyDriver(NetworkNamespace space, string node)
{
    private readonly SortedDictionary<TableKey, Dictionary<string, (Rendering.Chain Wanted, EngineChain Written)>> _written = [];

    /// <summary>Tables written so far.</summary>
    public long Operations { get; private set; }

    /// <summary>Brings the tables to what the Services say; says whether anything changed.</summary>
    public bool Apply(IReadOnlyList<Service> services, IReadOnlyList<EndpointSlice> slices, IReadOnlyList<InternetPrefix> pools)
    {
        bool changed = false;
        foreach (AddressFamily family in (ReadOnlySpan<AddressFamily>)[AddressFamily.IPv4, AddressFamily.IPv6])
        {
            bool used = services.Any(s => s.ClusterIPs.Concat(s.ExternalIPs).Concat(s.LoadBalancerIPs).Any(a => a.Family == family));
            if (!used && !_written.ContainsKey(new TableKey(family, NetfilterTable.Nat)))
            {
                continue;
            }

            InternetPrefix[] own = [.. pools.Where(p => p.Family == family)];
            KubeProxyRenderer renderer = new(node, family, own.Length == 1 ? own[0] : null);
            foreach (ProxyChains chains in renderer.Render(services, slices))
            {
                changed |= ApplyTable(new TableKey(family, chains.Table), chains);
            }
        }

        return changed;
    }

    private bool ApplyTable(TableKey key, ProxyChains wanted)
    {
        bool isFirst = !_written.TryGetValue(key, out Dictionary<string, (Rendering.Chain Wanted, EngineChain Written)>? written);
        if (isFirst)
        {
            written = new Dictionary<string, (Rendering.Chain, EngineChain)>(StringComparer.Ordinal);
            _written.Add(key, written);
        }

        List<EngineChain> replaced = [];
        HashSet<string> kept = new(StringComparer.Ordinal);
        foreach (Rendering.Chain chain in wanted.Chains)
        {
            kept.Add(chain.Name);
            if (written!.TryGetValue(chain.Name, out (Rendering.Chain Wanted, EngineChain Written) before) && before.Wanted.HasSameRules(chain))
            {
                continue;
            }

            EngineChain made = NetfilterTranslation.ChainOf(chain);
            written[chain.Name] = (chain, made);
            replaced.Add(made);
        }

        string[] removed = [.. written!.Keys.Where(name => !kept.Contains(name)).Order(StringComparer.Ordinal)];
        foreach (string name in removed)
        {
            written.Remove(name);
        }

        if (!isFirst && replaced.Count + removed.Length == 0)
        {
            return false;
        }

        TableName table = NetfilterTranslation.TableOf(key.Table);
        TableError? error = space.Netfilter.UpdateTable(
            key.Family, table, [.. replaced, .. isFirst ? BaseChains(key, table, wanted) : []], removed);
        Operations++;
        return error is null ? true : throw new InvalidOperationException($"{space.QualifiedName}: table {table} refused: {error}");
    }

    /// <summary>The built-in chains with kube-proxy's rules behind Felix's hooks and before everybody else's.</summary>
    private IEnumerable<EngineChain> BaseChains(TableKey key, TableName table, ProxyChains wanted)
    {
        IReadOnlyList<EngineChain> present = space.Netfilter.TableOf(key.Family, table);
        foreach ((string name, IReadOnlyList<ChainRule> rules) in wanted.Hooks)
        {
            EngineChain? old = present.FirstOrDefault(c => c.Name == name);
            EngineRule[] all = [.. old?.Rules.Where(r => !ReferenceEquals(r.Tag, HookMark.Proxy)) ?? []];
            IEnumerable<EngineRule> own = rules.Select(rule => NetfilterTranslation.RuleOf(rule) with { Tag = HookMark.Proxy });
            yield return new EngineChain(name,
            [
                .. all.Where(r => ReferenceEquals(r.Tag, HookMark.FelixInserted)),
                .. own,
                .. all.Where(r => !ReferenceEquals(r.Tag, HookMark.FelixInserted)),
            ])
            {
                Policy = old?.Policy ?? default,
            };
        }
    }
}
