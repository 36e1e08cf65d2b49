using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace Netemu.Tests;

/// <summary>What the steps of a run have reported.</summary>
internal static class StepReport
{
    /// <summary>A step of each kind, as short as it may be.</summary>
    private static readonly Dictionary<string, string> s_steps = new(StringComparer.Ordinal)
    {
        ["ping"] = "ping: {from: a, to: a}",
        ["traceroute"] = "traceroute: {from: a, to: a}",
        ["udp"] = "udp: {from: a, to: a, port: 7}",
        ["tcp"] = "tcp: {from: a, to: a, port: 7}",
        ["http"] = "http: {from: a, to: a}",
        ["dns"] = "dns: {from: a, to: a, name: a}",
        ["send"] = "send: {from: \"a:br0\", hex: \"ffffffffffff0200000000010806\"}",
        ["connect"] = "connect: {from: a, to: a, port: 7}",
        ["exec"] = "exec: {in: a, command: ip link}",
        ["wait"] = "wait: 1s",
        ["route"] = "route: {in: a, to: 10.0.0.0/8}",
        ["neigh"] = "neigh: {in: a, ip: 10.0.0.1}",
        ["fdb"] = "fdb: {in: a, mac: \"02:00:00:00:00:01\"}",
        ["bgp"] = "bgp: {in: a, peer: 10.0.0.1}",
        ["drops"] = "drops: {in: a}",
        ["counter"] = "counter: {in: a, device: br0, name: rx_bytes}",
        ["link"] = "link: {endpoint: \"a:br0\", state: down}",
        ["impair"] = "impair: {endpoint: \"a:br0\", loss: 1%}",
        ["node"] = "node: {name: a, state: down}",
        ["kill"] = "kill: {in: a, process: http}",
        ["apply"] = "apply: [x.yaml]",
        ["patch"] = "patch: {kind: Pod, name: a, patch: {}}",
        ["delete"] = "delete: [Pod/a]",
    };

    /// <summary>A topology whose steps expect, by name, whatever the steps of a result have reported.</summary>
    public static string AsExpectations(ReadOnlyMemory<byte> result)
    {
        using JsonDocument document = JsonDocument.Parse(result);
        SortedDictionary<string, SortedSet<string>> keys = new(StringComparer.Ordinal);
        foreach (JsonElement step in document.RootElement.GetProperty("steps").EnumerateArray())
        {
            SortedSet<string> known = keys.TryGetValue(step.GetProperty("kind").GetString()!, out SortedSet<string>? found) ? found
                : keys[step.GetProperty("kind").GetString()!] = new(StringComparer.Ordinal);
            known.UnionWith(step.GetProperty("outcome").EnumerateObject().Select(p => p.Name));
        }

        StringBuilder text = new("apiVersion: netemu/v1\nkind: Topology\nnodes: {a: {interfaces: {br0: {type: bridge}}, processes: [{http: {}}]}}\nsteps:\n");
        foreach ((string kind, SortedSet<string> names) in keys.Where(k => k.Key is not ("apply" or "patch" or "delete" or "kill")))
        {
            text.Append($"  - {s_steps[kind]}\n    expect: {{{string.Join(", ", names.Select(n => $"{n}: null"))}}}\n");
        }

        return text.Append(keys.Count == 0 ? "  []\n" : string.Empty).ToString();
    }
}
