using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Tests.Loading;

/// <summary>Loads texts for tests.</summary>
internal static class Loaded
{
    public const string Head = "apiVersion: netemu/v1\nkind: Topology\nmetadata: {name: t}\n";

    public static LoadedTopology From(string text, params (string Key, string Value)[] sets) =>
        TopologyLoader.Load(["lab.yaml"], new LoaderOptions
        {
            Files = new MemoryFiles().Add("lab.yaml", text),
            Sets = sets.ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal),
        });

    /// <summary>The topology of a text that must load without a finding.</summary>
    public static TopologySpec Clean(string text, params (string Key, string Value)[] sets)
    {
        LoadedTopology loaded = From(text, sets);
        Assert.Equal([], Findings(loaded));
        return loaded.Topology!;
    }

    /// <summary>The topology whose body follows the usual head, without a finding.</summary>
    public static TopologySpec Body(string body) => Clean(Head + body);

    /// <summary>The findings of a body, with lines counted from the body's first.</summary>
    public static IReadOnlyList<string> FindingsOf(string body) =>
        [.. From(Head + body).Diagnostics.Items.Select(d => $"{d.Range.Line - 3}:{d.Range.Column} {d.Code} {d.Message}{(d.Hint is null ? "" : $" ({d.Hint})")}")];

    public static IReadOnlyList<string> Findings(LoadedTopology loaded) =>
        [.. loaded.Diagnostics.Items.Select(d => $"{d}{(d.Hint is null ? "" : $" ({d.Hint})")}")];

    public static string Fixture(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "fixtures", name));
}
