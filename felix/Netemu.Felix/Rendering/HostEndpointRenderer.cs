using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Workloads;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Rendering;

/// <summary>Renders all host endpoints of a node: their chains in three tables and the dispatch to them.</summary>
internal sealed class HostEndpointRenderer(
    FelixConfiguration configuration, RenderingCache cache, Func<ResourceKey, string?> selectorOf)
{
    public IEnumerable<(TableKey, Chain)> Render(AddressFamily family, IReadOnlyDictionary<string, HostEndpointUpdate> byDevice)
    {
        EndpointRenderer renderer = new(cache.EndpointRulesOf(configuration, family), selectorOf);
        Dictionary<(NetfilterTable, string), Chain> chains = [];
        foreach ((string name, HostEndpointUpdate host) in byDevice)
        {
            string device = ChainPart(name);
            Add(NetfilterTable.Filter, renderer.RenderHostFilter(host, device));
            Add(NetfilterTable.Raw, renderer.RenderHostRaw(host, device));
            Add(NetfilterTable.Mangle, [.. renderer.RenderHostMangle(host, device), .. ToMangle(renderer, host, device)]);
        }

        bool hasAny = byDevice.ContainsKey(HostEndpoint.AllInterfaces);
        string[] devices = [.. byDevice.Keys.Where(name => name != HostEndpoint.AllInterfaces)];
        foreach (NetfilterTable table in new[] { NetfilterTable.Filter, NetfilterTable.Raw, NetfilterTable.Mangle })
        {
            Add(table, Dispatch(ChainNames.FromHostEndpoint, devices, true, ChainNames.FromHost, hasAny));
            Add(table, Dispatch(ChainNames.ToHostEndpoint, devices, false, ChainNames.ToHost, hasAny));
        }

        Add(NetfilterTable.Filter, Dispatch(ChainNames.FromHostForward, devices, true, ChainNames.FromHostForwardOf, hasAny));
        Add(NetfilterTable.Filter, Dispatch(ChainNames.ToHostForward, devices, false, ChainNames.ToHostForwardOf, hasAny));
        return chains.OrderBy(pair => pair.Key.Item1).ThenBy(pair => pair.Key.Item2, StringComparer.Ordinal)
            .Select(pair => (new TableKey(family, pair.Key.Item1), pair.Value));

        void Add(NetfilterTable table, IEnumerable<Chain> more)
        {
            foreach (Chain chain in more)
            {
                chains.TryAdd((table, chain.Name), chain);
            }
        }
    }

    /// <summary>The host's own packets that were DNAT-ed are judged in mangle POSTROUTING, by the normal egress policy.</summary>
    private static IEnumerable<Chain> ToMangle(EndpointRenderer renderer, HostEndpointUpdate host, string device)
    {
        string name = ChainNames.ToHost(device);
        return renderer.RenderHostFilter(host, device)
            .Where(chain => chain.Name == name || chain.Name.StartsWith("cali-go-", StringComparison.Ordinal));
    }

    private static IReadOnlyList<Chain> Dispatch(
        string name, string[] devices, bool isIncoming, Func<string, string> chainOf, bool hasAny)
    {
        string workloads = WorkloadInterface.Prefix + "+";
        RuleMatch isWorkload = isIncoming ? new RuleMatch { InInterface = workloads } : new RuleMatch { OutInterface = workloads };
        ChainRule[] last = !hasAny ? [] :
        [
            new ChainRule(isWorkload, RuleTarget.Return),
            new ChainRule(RuleMatch.Any, RuleTarget.Goto(chainOf(ChainNames.AnyInterface))),
        ];
        return DispatchRenderer.Render(name, devices, isIncoming, chainOf, last);
    }

    private static string ChainPart(string device) =>
        device == HostEndpoint.AllInterfaces ? ChainNames.AnyInterface : device;
}
