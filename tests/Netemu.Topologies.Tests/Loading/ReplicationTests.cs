using System.Linq;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Tests.Loading;

/// <summary>Ranges, variables and layers of defaults.</summary>
public sealed class ReplicationTests
{
    [Fact]
    public void A_range_of_nodes_counts_addresses_and_links_together()
    {
        TopologySpec topology = Loaded.Body(
            """
            nodes:
              h[1-1000]: {kind: host, interfaces: {eth0: {ip: ["10.0.0.0/16 + $i"]}}}
              lan: {kind: bridge}
            links:
              - endpoints: ["h[1-1000]:eth0", "lan:p[1-1000]"]
            """);

        Assert.Equal(1001, topology.Nodes.Count);
        Assert.Equal("10.0.3.232/16", topology.Nodes[999].Root.FindInterface("eth0")!.Addresses[0].ToString());
        Assert.Equal(1000, topology.Links.Count);
        Assert.Equal(("h1000:eth0", "lan:p1000"), (topology.Links[999].A.ToString(), topology.Links[999].B.ToString()));
        Assert.Equal(1000, topology.Nodes[1000].Root.Interfaces.Count);
    }

    [Fact]
    public void Two_ranges_of_one_length_make_a_chain()
    {
        TopologySpec topology = Loaded.Body(
            """
            nodes:
              r[1-4]:
                kind: router
                interfaces:
                  left: {ip: ["10.0.${i-1}.2/24"]}
                  right: {ip: ["10.0.$i.1/24"]}
              a: {interfaces: {e: {ip: ["10.0.0.1/24"]}}}
              b: {interfaces: {e: {ip: ["10.0.4.2/24"]}}}
            links:
              - endpoints: ["r[1-3]:right", "r[2-4]:left"]
                name: hop$i
                delay: ${i}ms
              - endpoints: ["a:e", "r1:left"]
              - endpoints: ["r4:right", "b:e"]
            """);

        Assert.Equal(
            ["hop1 r1:right r2:left 1ms", "hop2 r2:right r3:left 2ms", "hop3 r3:right r4:left 3ms"],
            topology.Links.Take(3).Select(l => $"{l.Name} {l.A} {l.B} {l.Delay}"));
        Assert.Equal("10.0.1.2/24", topology.Nodes[1].Root.FindInterface("left")!.Addresses[0].ToString());
    }

    [Fact]
    public void A_range_and_an_index_go_together()
    {
        TopologySpec topology = Loaded.Body(
            "nodes: {'h[01-03]': {}, sw: {kind: hub}}\nlinks: [{endpoints: [\"h[01-03]:eth0\", \"sw:p$i\"]}]\n");

        Assert.Equal(["h01", "h02", "h03", "sw"], topology.Nodes.Select(n => n.Name));
        Assert.Equal(["sw:p1", "sw:p2", "sw:p3"], topology.Links.Select(l => l.B.ToString()));
    }

    [Fact]
    public void Ranges_nest()
    {
        TopologySpec topology = Loaded.Body(
            """
            nodes:
              n[1-2]:
                interfaces: {br0: {type: bridge}}
                namespaces:
                  c[1,3]: {interfaces: {eth0: {type: veth, master: br0, ip: ["10.$i.0.$j/24"]}}}
            """);

        Assert.Equal(
            ["10.1.0.1/24", "10.1.0.3/24", "10.2.0.1/24", "10.2.0.3/24"],
            topology.Nodes.SelectMany(n => n.Namespaces).Select(s => s.Interfaces[0].Addresses[0].ToString()));
    }

    [Theory]
    [InlineData("2*3+4", 10L)]
    [InlineData("(1+2)*3", 9L)]
    [InlineData("7/2", 3L)]
    [InlineData("7%4", 3L)]
    [InlineData("-2 - -3", 1L)]
    [InlineData("1/0", null)]
    [InlineData("9223372036854775807+1", null)]
    [InlineData("(((((((((((((((((1)))))))))))))))))", null)]
    [InlineData("1+", null)]
    [InlineData("", null)]
    [InlineData("1 2", null)]
    public void Arithmetic_is_exact_or_refused(string text, long? expected)
    {
        Assert.Equal(expected, Arithmetic.TryEvaluate(text, out long value) ? value : null);
    }

    [Theory]
    [InlineData("${COUNT:-3}", "", "3")]
    [InlineData("${COUNT:-3}", "7", "7")]
    [InlineData("${COUNT}", "7", "7")]
    public void A_variable_stands_for_a_value_of_its_type(string text, string set, string expected)
    {
        TopologySpec topology = set.Length == 0
            ? Loaded.Clean($"{Loaded.Head}nodes: {{a: {{}}}}\nsteps: [{{ping: {{from: a, to: a, count: \"{text}\"}}}}]")
            : Loaded.Clean($"{Loaded.Head}nodes: {{a: {{}}}}\nsteps: [{{ping: {{from: a, to: a, count: \"{text}\"}}}}]", ("COUNT", set));

        Assert.Equal(expected, ((PingProbe)topology.Steps[0].Action).Count.ToString());
    }

    [Fact]
    public void Set_wins_over_the_environment_and_dollars_of_commands_stay()
    {
        LoadedTopology loaded = TopologyLoader.Load(["f"], new LoaderOptions
        {
            Files = new MemoryFiles().Add("f", Loaded.Head + "nodes: {a: {exec: ['echo ${A} ${B} $1 $i $${A}', \"awk '{print $1}'\"]}}"),
            Sets = new System.Collections.Generic.Dictionary<string, string> { ["A"] = "set" },
            Environment = name => $"env-{name}",
        });

        Assert.Equal(["echo set env-B $1 $i ${A}", "awk '{print $1}'"], loaded.Topology!.Nodes[0].Exec.Select(c => c.Line));
    }

    [Theory]
    [InlineData("$x ${A} $y ${", "$x 1 $y ${")]
    [InlineData("${A} ${A", "1 ${A")]
    [InlineData("} ${A ${", "} ${A ${")]
    [InlineData("${A}}$", "1}$")]
    public void A_brace_that_nothing_closes_is_as_it_stands(string text, string expected)
    {
        LoadedTopology loaded = Loaded.From($"{Loaded.Head}nodes: {{a: {{exec: ['{text}']}}}}", ("A", "1"));

        Assert.Equal(expected, loaded.Topology!.Nodes[0].Exec[0].Line);
    }

    [Fact]
    public void Defaults_kinds_groups_and_nodes_are_layers()
    {
        TopologySpec topology = Loaded.Body(
            """
            defaults: {node: {labels: {a: defaults, b: defaults, c: defaults, d: defaults}, exec: [ip link]}}
            kinds: {router: {labels: {b: kind, c: kind, d: kind}, sysctls: {net.ipv4.ip_forward: 1}}}
            groups: {leaf: {kind: router, labels: {c: group, d: group}, interfaces: {lo: {ip: ["10.9.9.9/32"]}}}}
            nodes:
              r1: {group: leaf, labels: {d: node}, exec: []}
              h1: {}
            """);

        Assert.Equal("a=defaults b=kind c=group d=node", string.Join(' ', topology.Nodes[0].Labels.Select(l => $"{l.Key}={l.Value}")));
        Assert.Equal(NodeKind.Router, topology.Nodes[0].Kind);
        Assert.Equal("10.9.9.9/32", topology.Nodes[0].Root.FindInterface("lo")!.Addresses[0].ToString());
        Assert.Equal(InterfaceType.Loopback, topology.Nodes[0].Root.FindInterface("lo")!.Type);
        Assert.Empty(topology.Nodes[0].Exec);
        Assert.Single(topology.Nodes[1].Exec);
        Assert.Equal(NodeKind.Host, topology.Nodes[1].Kind);
        Assert.Empty(topology.Nodes[1].Root.Sysctls);
    }

    [Fact]
    public void A_veth_pair_may_be_stated_at_either_end()
    {
        TopologySpec topology = Loaded.Body(
            """
            nodes:
              n:
                namespaces:
                  a: {interfaces: {x: {type: veth, peer: "n/b:y", ip: ["10.0.0.1/24"]}}}
                  b: {interfaces: {y: {type: veth, ip: ["10.0.0.2/24"]}}}
                  c: {interfaces: {z: {type: veth, peer: "n:far"}}}
            """);

        NodeSpec node = topology.Nodes[0];
        Assert.Equal("n/a:x", node.FindNamespace("b")!.FindInterface("y")!.Peer!.ToString());
        InterfaceSpec made = node.Root.FindInterface("far")!;
        Assert.Equal((InterfaceType.Veth, "n/c:z"), (made.Type, made.Peer!.ToString()));
    }
}
