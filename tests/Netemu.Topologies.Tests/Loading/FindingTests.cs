using System;
using System.Collections.Generic;

namespace Netemu.Topologies.Tests.Loading;

/// <summary>What is wrong is named with its place, its code and a hint.</summary>
public sealed class FindingTests
{
    [Theory]
    [InlineData("nodes: {h1: {knd: host}}", "1:14 E1101 unknown key 'knd' in a node (did you mean 'kind'?)")]
    [InlineData("nodes: {h1: {interfaces: {d: {type: dummy, address: 10.0.0.1/24}}}}", "1:44 E1101 unknown key 'address' in an interface (the key is 'ip' here)")]
    [InlineData("nodes: {h1: {routes: [{dst: 10.0.0.0/8, gateway: 10.9.0.1}]}}", "1:41 E1101 unknown key 'gateway' in a route (the key is 'via' here)")]
    [InlineData("nodez: {}", "1:1 E1101 unknown key 'nodez' in a topology (did you mean 'nodes'?)")]
    [InlineData("nodes: {h1: {kind: switch}}", "1:20 E1301 'switch' is not a kind of node (known words: host, linux, router, bridge, hub, outside)")]
    [InlineData("nodes: {h1: {kind: rooter}}", "1:20 E1301 'rooter' is not a kind of node (did you mean 'router'?)")]
    [InlineData("nodes: [h1]", "1:8 E1102 'nodes' must be a mapping from names to nodes, not a sequence")]
    [InlineData("nodes: {h1: host}", "1:13 E1102 a node must be a mapping, not a scalar (write it as {kind: ..., group: ...})")]
    [InlineData("nodes: {a: {}}\nsteps: [{ping: a -> a}]", "2:16 E1102 a ping must be a mapping, not a scalar (write it as {from: ..., to: ...})")]
    [InlineData("nodes:\n  a:\n    interfaces:\n    eth0: {type: dummy}", "4:5 E1101 unknown key 'eth0' in a node (if it belongs to 'interfaces' at lab.yaml:6:5, indent it further than that)")]
    [InlineData("nodes: {h1: {routes: [{to: 10.0.0.1/24, via: 10.9.0.1}]}}", "1:28 E1301 '10.0.0.1/24' is not a prefix or 'default' (bits are set beyond the prefix: write 10.0.0.0/24)")]
    [InlineData("nodes: {pod: {}}", "1:9 E1112 'pod' cannot name a node ('pod:' and 'svc:' begin the names of pods and services)")]
    [InlineData("nodes: {h1: {interfaces: {averyverylongname: {}}}}", "1:27 E1112 'averyverylongname' cannot name a device (a device's name has at most 15 characters)")]
    [InlineData("nodes: {h1: {interfaces: {d: {type: dummy, ip: 10.0.0.1/24}}}}", "1:48 E1102 a list is needed, not a scalar (write a list: [\"10.0.0.1/24\"])")]
    [InlineData("nodes: {h1: {interfaces: {d: {type: dummy, ip: [10.0.0.1]}}}}", "1:49 E1301 '10.0.0.1' is not an address with its prefix length such as 10.0.0.1/24 (add the prefix length: 10.0.0.1/24)")]
    [InlineData("nodes: {h1: {interfaces: {d: {type: dummy, ip: [10.0.0.1/33]}}}}", "1:49 E1301 '10.0.0.1/33' is not an address with its prefix length such as 10.0.0.1/24")]
    [InlineData("nodes: {h1: {interfaces: {d: {type: dummy, mtu: big}}}}", "1:49 E1301 'big' is not an MTU from 68 to 65535")]
    [InlineData("nodes: {h1: {interfaces: {d: {type: dummy, mtu: 10}}}}", "1:49 E1305 '10' is not an MTU from 68 to 65535")]
    [InlineData("nodes: {h1: {interfaces: {d: {type: bridge, stp: on}}}}", "1:50 E1304 'on' is not true or false (write true)")]
    [InlineData("nodes: {h1: {interfaces: {d: {type: dummy, stp: true}}}}", "1:44 E1104 'stp' does not fit type dummy (it belongs to bridge)")]
    [InlineData("nodes: {h1: {interfaces: {d: {type: veth}}}}", "1:27 E1103 veth 'd' needs the key 'peer' or 'master'")]
    [InlineData("nodes: {h1: {interfaces: {d: {type: veth, master: br0}}}}", "1:51 E1202 interface 'd' refers to unknown bridge 'br0' (a bridge is an interface with type: bridge in node 'h1')")]
    [InlineData("nodes: {h1: {interfaces: {d: {type: vlan, parent: eth7, id: 3}}}}", "1:51 E1202 interface 'd' refers to unknown parent 'eth7'")]
    [InlineData("nodes: {h1: {interfaces: {a: {type: macvlan, parent: b}, b: {type: macvlan, parent: a}}}}", "1:54 E1211 interface 'a' is below itself")]
    [InlineData("nodes: {h1: {interfaces: {d: {type: dummy}, i: {type: ipvlan, parent: d, mode: vepa}}}}", "1:80 E1104 type ipvlan has no such mode (modes: l2, l3, l3s)")]
    [InlineData("nodes: {h1: {interfaces: {d: {type: bridge, ageing_time: 3000}}}}", "1:45 E1101 unknown key 'ageing_time' in an interface (the key is 'ageing' here)")]
    [InlineData("nodes: {h1: {interfaces: {d: {type: vlan, link: eth0, id: 3}}}}", "1:43 E1101 unknown key 'link' in an interface (the key is 'parent' here)")]
    [InlineData("nodes: {h1: {rules: [{from: all, pref: 5, lookup: 100}]}}", "1:34 E1101 unknown key 'pref' in a rule (the key is 'priority' here)")]
    [InlineData("nodes: {h1: {rules: [{from: any}]}}", "1:29 E1301 'any' is not a prefix such as 10.0.0.0/24, or 'all'")]
    [InlineData("nodes: {h1: {routes: [{to: default}]}}", "1:23 E1103 a route needs 'via', 'dev', 'nexthops', or a type such as blackhole")]
    [InlineData("nodes: {h1: {routes: [{via: 10.0.0.1}]}}", "1:23 E1103 a route needs the key 'to' (to: The destination, or 'default'.)")]
    [InlineData("nodes: {h1: {routes: [{to: default, dev: eth0}]}}", "1:42 E1202 route device 'eth0' is no device of node 'h1'")]
    [InlineData("nodes: {h1: {routes: [{to: 10.0.0.0/8, via: 10.0.0.0/8}]}}", "1:45 E1301 '10.0.0.0/8' is not an IP address (an address without a prefix length is needed)")]
    [InlineData("nodes: {h1: {exec: [{a: b}]}}", "1:21 E1102 a text is needed, not a mapping (quote the text: ': ' makes a mapping of it)")]
    [InlineData("nodes: {h1: {group: g}}", "1:21 E1207 node refers to unknown group 'g' (groups are declared under 'groups')")]
    [InlineData("nodes: {h1: {}, 'h[1-2]': {}}", "1:17 E1113 node 'h1' stands twice")]
    [InlineData("nodes: {'h[2-1]': {}}", "1:9 E1110 'h[2-1]' is not a range of names (write one range such as h[1-10], h[01-16] or h[1,3,5-9])")]
    [InlineData("links: [{endpoints: [\"a:e\"]}]", "1:21 E1102 a link has two endpoints, not 1 (for more than two, link each to a node of kind bridge)")]
    [InlineData("links: [{}]", "1:9 E1103 a link needs the key 'endpoints' (endpoints: The two ends, each node[/namespace]:device.)")]
    [InlineData("nodes: {a: {}, b: {}}\nlinks: [{endpoints: [\"a:e\", \"b\"]}]", "2:29 E1301 'b' is not a device, written node:device, node/namespace:device or pod:NS/NAME:device")]
    [InlineData("nodes: {a: {}, b: {}}\nlinks: [{endpoints: [\"a:e\", \"b:e\"], delay: 10}]", "2:44 E1302 '10' is not a duration such as 10ms (add a unit: 10ms)")]
    [InlineData("nodes: {a: {}, b: {}}\nlinks: [{endpoints: [\"a:e\", \"b:e\"], rate: 10mbps}]", "2:43 E1303 '10mbps' is not a rate such as 10mbit ('bps' is bytes to tc and bits to others: write kbit, mbit, gbit)")]
    [InlineData("nodes: {a: {}, b: {}}\nlinks: [{endpoints: [\"a:e\", \"b:e\"], impair: {loss: 1}}]", "2:52 E1302 '1' is not a share such as 0.1% (add a unit: 0.1%)")]
    [InlineData("nodes: {a: {}, b: {}}\nlinks: [{endpoints: [\"a:e\", \"b:e\"], impair: {loss: 101%}}]", "2:52 E1305 '101%' is not a share such as 0.1%")]
    [InlineData("nodes: {a: {}, b: {}}\nlinks: [{endpoints: [\"a[1-2]:e\", \"b[1-3]:e\"]}]", "2:21 E1110 the ranges of this link stand for 2 and 3 names")]
    [InlineData("nodes: {a: {}, b: {}, c: {}}\nlinks: [{endpoints: [\"a:e\", \"b:e\"]}, {endpoints: [\"a:e\", \"c:e\"]}]", "2:38 E1204 two links end at 'a:e' (the other one is at lab.yaml:5:9)")]
    [InlineData("steps: [{at: 5}]", "1:14 E1302 '5' is not a time such as 500ms, or 'converged' (add a unit: 5s)")]
    [InlineData("steps: [{at: 5s}]", "1:9 E1103 a step needs one of the keys 'ping', 'traceroute', 'udp', 'tcp', 'http', 'dns', 'send', 'connect', 'exec', 'wait', 'route', 'neigh', 'fdb', 'bgp', 'drops', 'counter', 'link', 'impair', 'node', 'apply', 'patch', 'delete' or 'kill'")]
    [InlineData("nodes: {a: {}}\nsteps: [{ping: {from: a, to: b}}]", "2:30 E1203 probe target 'b' refers to unknown node 'b' (nodes are declared at lab.yaml:4)")]
    [InlineData("nodes: {a: {}}\nsteps: [{ping: {from: a, to: a/c1}}]", "2:30 E1201 probe target 'a/c1' refers to unknown namespace 'c1' of node 'a'")]
    [InlineData("nodes: {a: {}}\nsteps: [{ping: {from: a, to: \"a:eth0\"}}]", "2:30 E1301 'a:eth0' is not a node, node/namespace, pod:NS/NAME, svc:NS/NAME or an address (the end of a conversation names no device; a port is a key of its own)")]
    [InlineData("nodes: {a: {}}\nsteps: [{ping: {from: a, to: a}, tcp: {from: a, to: a, port: 1}}]", "2:34 E1104 'tcp' cannot stand beside 'ping' in a step")]
    [InlineData("nodes: {a: {}}\nsteps: [{link: {endpoint: \"a:eth0\", state: up}}]", "2:27 E1202 link 'a:eth0' refers to unknown device 'eth0'")]
    [InlineData("steps: [{connect: {from: \"pod:dev/cli\", to: 10.0.0.1}}]", "1:26 E1205 probe source 'pod:dev/cli' refers to unknown pod 'dev/cli'")]
    [InlineData("nodes: {a: {}}\nsteps: [{bgp: {in: a}}]", "2:15 E1104 a BGP step checks a peer or a prefix, or changes something (checks: peer, prefix; changes: announce, withdraw, shutdown, enable, clear, start, policy)")]
    [InlineData("nodes: {a: {}, b: {}}\nsteps: [{bgp: {in: a, peer: c, state: idle}}]", "2:29 E1203 BGP peer 'c' refers to unknown node 'c' (nodes are declared at lab.yaml:4)")]
    [InlineData("nodes: {a: {}, b: {}}\nsteps: [{bgp: {in: a, shutdown: [b, c]}}]", "2:37 E1203 BGP peer 'c' refers to unknown node 'c' (nodes are declared at lab.yaml:4)")]
    [InlineData("capture: [{link: x}]", "1:18 E1208 capture refers to unknown link 'x' (a link is named by its key 'name', or by an end such as r1:eth0)")]
    [InlineData("seed: ${NONE}", "1:7 E1111 variable 'NONE' has no value (give one with --set NONE=..., in the environment, or as ${NONE:-default})")]
    public void A_fault_is_found(string body, string expected)
    {
        Assert.Contains(expected, Loaded.FindingsOf(body));
    }

    [Fact]
    public void The_finding_of_the_contract_is_printed_as_the_contract_says()
    {
        IReadOnlyList<string> findings = Loaded.FindingsOf(
            "nodes:\n  spine1: {}\n  leaf1: {}\n  leaf2: {}\nlinks:\n  - endpoints: [\"spine1:eth1\", \"leaf3:eth9\"]\n");

        Assert.Equal(
            ["6:32 E1203 link endpoint 'leaf3:eth9' refers to unknown node 'leaf3' (did you mean 'leaf1'? nodes are declared at lab.yaml:5)"],
            findings);
    }

    [Fact]
    public void All_faults_are_found_in_one_go_and_in_the_order_of_the_file()
    {
        IReadOnlyList<string> findings = Loaded.FindingsOf(
            "nodes:\n  a: {kind: hst}\n  b: {interfaces: {eth0: {ip: [x]}}}\nlinks:\n  - endpoints: [\"a:e\", \"z:e\"]\n    delay: fast\nsteps:\n  - ping: {from: a, to: q}\n  - nothing: {}\n");

        Assert.Equal(
            ["2:13 E1301", "3:20 W2001", "3:32 E1301", "5:24 E1203", "6:12 E1301", "8:25 E1203", "9:5 E1101"],
            System.Linq.Enumerable.Select(findings, f => string.Join(' ', f.Split(' ')[..2])));
    }

    [Fact]
    public void A_fault_in_a_replicated_part_is_told_once()
    {
        Assert.Single(Loaded.FindingsOf("nodes: {'h[1-1000]': {interfaces: {eth0: {type: dummy, ip: [\"10.0.0.0 + $i\"]}}}}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0001\u0002")]
    [InlineData("just text")]
    [InlineData("[1, 2]")]
    [InlineData("apiVersion: netemu/v2\nkind: Topology\n")]
    [InlineData("apiVersion: netemu/v1\nkind: Pod\n")]
    [InlineData("apiVersion: v1\n")]
    [InlineData("kind: Topology\nnodes: {}\n")]
    public void What_is_no_topology_is_an_error(string text)
    {
        Assert.True(Loaded.From(text).Diagnostics.HasErrors);
    }

    [Fact]
    public void Every_truncation_and_mutation_of_the_example_ends_in_a_topology_or_findings()
    {
        string example = Loaded.Fixture("contract-example.yaml");
        Random random = new(1);
        const string Alphabet = " \n:-[]{}\"'$&*!|>,#/0a\t";
        for (int length = 0; length < example.Length; length += 7)
        {
            Loaded.From(example[..length]);
        }

        for (int round = 0; round < 400; round++)
        {
            char[] text = example.ToCharArray();
            for (int i = random.Next(1, 8); i > 0; i--)
            {
                text[random.Next(text.Length)] = Alphabet[random.Next(Alphabet.Length)];
            }

            Loaded.From(new string(text));
        }
    }
}
