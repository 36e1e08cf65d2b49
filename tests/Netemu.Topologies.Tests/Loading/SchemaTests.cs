using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Loading;

namespace Netemu.Topologies.Tests.Loading;

/// <summary>The JSON Schema says what the binder says.</summary>
public sealed class SchemaTests
{
    private static readonly SchemaValidator Validator = new((JsonObject)JsonNode.Parse(SchemaGenerator.Generate())!);

    [Fact]
    public void The_example_of_the_contract_conforms()
    {
        Assert.Equal([], Faults(Loaded.Fixture("contract-example.yaml")));
    }

    [Theory]
    [InlineData("nodes: {h1: {knd: host}}", "$.nodes.h1.knd: unknown")]
    [InlineData("nodes: {h1: {kind: rooter}}", "$.nodes.h1.kind: rooter is none of")]
    [InlineData("nodes: [h1]", "$.nodes: array is not object|null")]
    [InlineData("links: [{endpoints: [\"a:e\"]}]", "$.links[0].endpoints: number of items")]
    [InlineData("links: [{endpoints: [\"a:e\", \"b:e\"], delay: fast}]", "$.links[0].delay: 'fast' does not match")]
    [InlineData("links: [{endpoints: [\"a:e\", \"b:e\"], mtu: 10}]", "$.links[0].mtu: 10 is out of range")]
    [InlineData("steps: [{at: 5s}]", "$.steps[0]: needs ping")]
    public void What_the_binder_refuses_by_form_the_schema_refuses(string body, string fault)
    {
        Assert.Contains(Faults(Loaded.Head + body), f => f.StartsWith(fault, StringComparison.Ordinal));
        Assert.True(Loaded.From(Loaded.Head + body).Diagnostics.HasErrors);
    }

    [Fact]
    public void The_schema_is_the_same_every_time()
    {
        Assert.Equal(SchemaGenerator.Generate(), SchemaGenerator.Generate());
    }

    [Fact]
    public void Every_property_is_described()
    {
        JsonObject schema = (JsonObject)JsonNode.Parse(SchemaGenerator.Generate())!;
        foreach ((string name, JsonNode? definition) in (JsonObject)schema["$defs"]!)
        {
            foreach ((string key, JsonNode? property) in (definition!["properties"] as JsonObject) ?? [])
            {
                Assert.True(property!["description"]?.GetValue<string>().EndsWith('.'), $"{name}.{key}");
            }
        }
    }

    [Fact]
    public void Every_topology_of_the_catalog_loads_and_conforms()
    {
        string directory = CatalogDirectory();
        foreach (string path in Directory.EnumerateFiles(directory, "*.yaml").Order(StringComparer.Ordinal))
        {
            string file = Path.GetFileName(path);
            LoadedTopology loaded = TopologyLoader.Load([file], new LoaderOptions { Files = new DirectoryFiles(directory) });

            Assert.Equal([], Loaded.Findings(loaded));
            Assert.Equal([], Faults(File.ReadAllText(path)).Select(f => $"{file}: {f}"));
        }
    }

    private static IEnumerable<string> Faults(string text)
    {
        IReadOnlyList<YamlNode> documents = YamlReader.Read(text, "f.yaml", new DiagnosticBag());
        return documents.OfType<YamlMapping>().Where(d => d.TextOf("kind") == "Topology").SelectMany(d => Validator.Check(d).ToArray());
    }

    /// <summary>The repository's topologies, found from the test's own place.</summary>
    private static string CatalogDirectory()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Netemu.sln")))
        {
            directory = directory.Parent;
        }

        return Path.Combine(directory!.FullName, "topologies");
    }
}
