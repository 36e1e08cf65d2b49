using System.Linq;
using System.Text;
using System.Text.Json;
using Netemu.Topologies.Loading;

namespace Netemu.Topologies.Tests.Loading;

/// <summary>Findings as people and programs read them.</summary>
public sealed class DiagnosticRendererTests
{
    [Fact]
    public void A_finding_shows_its_line_with_carets_and_a_hint()
    {
        LoadedTopology loaded = Loaded.From(
            "apiVersion: netemu/v1\nkind: Topology\nnodes:\n  leaf2: {}\n  spine1: {}\nlinks:\n  - endpoints: [\"spine1:eth1\", \"leaf3:eth9\"]\n");

        Assert.Equal(
            "lab.yaml:7:32: error E1203: link endpoint 'leaf3:eth9' refers to unknown node 'leaf3'\n"
            + "    7 |   - endpoints: [\"spine1:eth1\", \"leaf3:eth9\"]\n"
            + "      |                                ^^^^^^^^^^^^\n"
            + "   hint: did you mean 'leaf2'? nodes are declared at lab.yaml:4\n",
            new DiagnosticRenderer(loaded.Sources).Render(loaded.Diagnostics.Items));
    }

    [Fact]
    public void Twenty_findings_are_shown_and_the_rest_counted()
    {
        string body = Loaded.Head + "nodes:\n" + string.Concat(Enumerable.Range(0, 25).Select(i => $"  h{i}: {{x: 1}}\n"));
        LoadedTopology loaded = Loaded.From(body);

        string text = new DiagnosticRenderer(loaded.Sources).Render(loaded.Diagnostics.Items);

        Assert.Equal(20, text.Split("error E1101").Length - 1);
        Assert.EndsWith("... and 5 more\n", text, System.StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_line_is_shown_around_the_fault()
    {
        LoadedTopology loaded = Loaded.From(Loaded.Head + $"nodes: {{{string.Concat(Enumerable.Range(0, 100).Select(i => $"h{i}: {{}}, "))}z: {{x: 1}}}}");

        string[] lines = new DiagnosticRenderer(loaded.Sources).Render(loaded.Diagnostics.Items).Split('\n');

        Assert.True(lines[1].Length < 180);
        Assert.Equal('x', lines[1][lines[2].IndexOf('^', System.StringComparison.Ordinal)]);
    }

    [Fact]
    public void The_same_list_is_written_as_json()
    {
        LoadedTopology loaded = Loaded.From(Loaded.Head + "nodes: {a: {kid: host}}");
        System.IO.MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            DiagnosticJson.Write(writer, loaded.Diagnostics.Items);
        }

        Assert.Equal(
            """[{"file":"lab.yaml","range":{"line":4,"column":13,"endLine":4,"endColumn":16},"severity":"error","code":"E1101","message":"unknown key \u0027kid\u0027 in a node","hint":"did you mean \u0027kind\u0027?"}]""",
            Encoding.UTF8.GetString(stream.ToArray()));
    }
}
