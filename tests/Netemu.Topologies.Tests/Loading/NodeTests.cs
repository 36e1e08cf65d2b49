using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Tests.Loading;

/// <summary>Devices, tables, speakers, processes and clusters as typed values.</summary>
public sealed class NodeTests
{
    [Fact]
    public void Every_type_of_device_takes_its_words()
    {
        TopologySpec topology = Loaded.Body(
            """
            nodes:
              n:
                interfaces:
                  d0: {type: dummy, mac: "02:00:00:00:00:01", mtu: 1400, state: down}
                  br0: {type: bridge, stp: true, ageing: 60s, forward-delay: 4s, vlan-filtering: true, priority: 4096}
                  p0: {type: dummy, master: br0, hairpin: true, learning: false, flood: false, isolated: true, pvid: 10, tagged: [20, 30]}
                  v10: {type: vlan, parent: d0, id: 10}
                  mv: {type: macvlan, parent: d0, mode: source, macaddr: ["02:00:00:00:00:02"]}
                  ipv: {type: ipvlan, parent: d0, mode: l3s, flag: private}
                  vx: {type: vxlan, id: 1, local: 10.0.0.1, remotes: [10.0.0.2, 10.0.0.3], dstport: 8472, learning: false, proxy: true, ageing: 5s, parent: d0}
                  t0: {type: ipip, remote: 10.0.0.2, local: 10.0.0.1, ttl: 64, pmtudisc: false}
                  g0: {type: gre, remote: 10.0.0.2, local: 10.0.0.1, key: 7}
                  s0: {type: sit, remote: 10.0.0.2, local: 10.0.0.1}
                  tun0: {type: tun}
                  tap0: {type: tap, attach: host, host-netns: lab, host-name: veth9}
            """);

        NamespaceSpec root = topology.Nodes[0].Root;
        Assert.False(root.FindInterface("d0")!.Up);
        Assert.Equal((true, Duration.FromSeconds(60), 4096), (root.FindInterface("br0")!.Bridge.Stp, root.FindInterface("br0")!.Bridge.Ageing, root.FindInterface("br0")!.Bridge.Priority));
        BridgePortOptions port = root.FindInterface("p0")!.Port;
        Assert.Equal((true, false, false, true, 10), (port.Hairpin, port.Learning, port.Flood, port.Isolated, port.Pvid));
        Assert.Equal([20, 30], port.TaggedVlans);
        Assert.Equal(("d0", 10), (root.FindInterface("v10")!.Parent, root.FindInterface("v10")!.Id));
        Assert.Equal(InterfaceMode.Source, root.FindInterface("mv")!.Mode);
        Assert.Equal((InterfaceMode.L3S, IpvlanFlag.Private), (root.FindInterface("ipv")!.Mode, root.FindInterface("ipv")!.Flag));
        TunnelOptions vxlan = root.FindInterface("vx")!.Tunnel;
        Assert.Equal((false, true, 8472, Duration.FromSeconds(5), 2), (vxlan.Learning, vxlan.Proxy, vxlan.DestinationPort, vxlan.Ageing, vxlan.Remotes.Count));
        Assert.Equal((64, false), (root.FindInterface("t0")!.Tunnel.Ttl, root.FindInterface("t0")!.Tunnel.PathMtuDiscovery));
        Assert.Equal(7U, root.FindInterface("g0")!.Tunnel.Key);
        Assert.Equal((true, "lab", "veth9"), (root.FindInterface("tap0")!.AttachHost, root.FindInterface("tap0")!.HostNamespace, root.FindInterface("tap0")!.HostName));
    }

    [Fact]
    public void Routes_rules_neighbours_and_forwarding_entries_speak_iproute2()
    {
        TopologySpec topology = Loaded.Body(
            """
            nodes:
              n:
                interfaces: {d0: {type: dummy}, d1: {type: dummy}, vx: {type: vxlan, id: 1}}
                routes:
                  - {to: default, via: "fe80::1", dev: d0}
                  - {to: default, via: 10.0.0.1, metric: 100, table: 7, src: 10.0.0.2, onlink: true, scope: global}
                  - {to: 10.9.0.0/16, type: blackhole}
                  - {to: 10.8.0.0/16, nexthops: [{via: 10.0.0.1, weight: 2}, {dev: d1}]}
                  - {to: 10.7.0.0/16, via: "fe80::2", dev: d0}
                rules:
                  - {priority: 100, from: 10.0.0.0/8, fwmark: 0x10/0xff, iif: d0, table: 7, not: true, suppress-prefixlength: 0}
                neighbours:
                  - {ip: 10.0.0.1, mac: "02:00:00:00:00:01", dev: d0}
                  - {ip: 10.0.0.9, dev: d0, proxy: true}
                fdb:
                  - {mac: "00:00:00:00:00:00", dev: vx, dst: 10.0.0.2}
            """);

        NamespaceSpec root = topology.Nodes[0].Root;
        Assert.Equal(["::/0", "0.0.0.0/0", "10.9.0.0/16", "10.8.0.0/16", "10.7.0.0/16"], root.Routes.Select(r => r.To.ToString()));
        Assert.Equal((7U, 100U, true, RouteScope.Global), (root.Routes[1].Table, root.Routes[1].Metric, root.Routes[1].Onlink, root.Routes[1].Scope));
        Assert.Equal(RouteKind.Blackhole, root.Routes[2].Kind);
        Assert.Equal([2, 1], root.Routes[3].NextHops.Select(h => h.Weight));
        RuleSpec rule = Assert.Single(root.Rules);
        Assert.Equal((100U, 16U, 255U, 7U, true, 0), (rule.Priority, rule.Mark, rule.MarkMask, rule.Table, rule.Invert, rule.SuppressPrefixLength));
        Assert.True(root.Neighbours[1].Proxy);
        Assert.Equal(InternetAddress.Parse("10.0.0.2"), root.Fdb[0].Destination);
    }

    [Fact]
    public void A_speaker_has_neighbours_policies_and_timers()
    {
        LoadedTopology loaded = TopologyLoader.Load(["d/t.yaml"], new LoaderOptions
        {
            Files = new MemoryFiles().Add("d/frr.conf", "router bgp 1\n").Add("d/t.yaml", Loaded.Head + """
                nodes:
                  r1:
                    kind: router
                    interfaces: {d0: {type: dummy}}
                    bgp:
                      asn: 65001
                      router-id: 1.1.1.1
                      timers: frr-datacenter
                      transport: pipe
                      neighbors:
                        - {peer: 10.0.0.2, asn: 65002, import: p, export: [p], add-path: both, timers: {hold: 9s}, graceful-restart: true, multihop: 3}
                        - {interface: d0, asn: external, families: [ipv4, ipv6]}
                        - {peer: "2001:db8::2", asn: "1.10", route-reflector-client: true, password: x}
                      networks: [10.0.0.0/24, {prefix: 10.1.0.0/24, policy: p}]
                      listen: [{range: 10.0.0.0/24, asn: internal, limit: 10}]
                      policies: {p: [{match: {communities: "65000:1", as-path: _65002_}, set: {prepend: [1, 1], add-communities: [no-export]}, action: next}, {action: reject}]}
                      bestpath: {multipath-relax: true}
                      redistribute: [connected]
                  r2: {bgp: {config: frr.conf}}
                """),
        });

        Assert.Equal([], Loaded.Findings(loaded));
        BgpSpec speaker = loaded.Topology!.Nodes[0].Bgp!;
        Assert.Equal((65001U, "1.1.1.1", BgpTimerProfile.FrrDatacenter, BgpTransport.Pipe), (speaker.Asn, speaker.RouterId.ToString(), speaker.Timers.Profile, speaker.Transport));
        Assert.Equal((BgpAddPath.Both, Duration.FromSeconds(9), true, 3), (speaker.Neighbors[0].AddPath, speaker.Neighbors[0].Timers!.Hold, speaker.Neighbors[0].GracefulRestart!.Enabled, speaker.Neighbors[0].Multihop));
        Assert.Equal(("d0", true, 2), (speaker.Neighbors[1].Interface, speaker.Neighbors[1].External, speaker.Neighbors[1].Families.Count));
        Assert.Equal((65_546U, true), (speaker.Neighbors[2].Asn, speaker.Neighbors[2].RouteReflectorClient));
        Assert.Equal((BgpPolicyAction.Next, BgpPolicyAction.Reject, 2), (speaker.Policies[0].Terms[0].Action, speaker.Policies[0].Terms[1].Action, speaker.Policies[0].Terms[0].Prepend.Count));
        Assert.Equal((true, 10), (speaker.Listen[0].Template.Internal, speaker.Listen[0].Limit));
        Assert.Equal(["", "p"], speaker.Networks.Select(n => n.Policy ?? string.Empty));
        Assert.Equal("router bgp 1\n", loaded.Topology.Nodes[1].Bgp!.ConfigText);
    }

    [Theory]
    [InlineData("bgp: {}", "E1103 a BGP speaker needs the key 'asn' or 'config'")]
    [InlineData("bgp: {asn: 0}", "E1305 '0' is not an AS number from 1 to 4294967295")]
    [InlineData("bgp: {asn: 1, neighbors: [{asn: 2}]}", "E1103 a neighbour needs the key 'peer' or 'interface'")]
    [InlineData("bgp: {asn: 1, neighbors: [{peer: 10.0.0.1, asn: 2, import: nope}]}", "E1209 neighbour refers to unknown policy 'nope'")]
    [InlineData("bgp: {asn: 1, neighbors: [{interface: eth9, asn: 2}]}", "E1202 neighbour interface 'eth9' is no device of node 'r'")]
    [InlineData("bgp: {config: none.conf}", "E1106 cannot read 'none.conf'")]
    [InlineData("bgp: {asn: 1, timers: quagga}", "E1301 'quagga' is not a timer profile")]
    [InlineData("interfaces: {e: {type: dummy, mac: \"01:00:5e:00:00:01\"}}", "E1305 '01:00:5e:00:00:01' is not the MAC address of a device (its first octet is odd, as that of a group: begin with 02)")]
    [InlineData("interfaces: {e: {type: dummy, mac: \"00:00:00:00:00:00\"}}", "E1305 '00:00:00:00:00:00' is not the MAC address of a device")]
    [InlineData("interfaces: {e: {type: dummy, mac: \"2:0:0:0:0\"}}", "E1301 '2:0:0:0:0' is not the MAC address of a device (write six pairs")]
    [InlineData("processes: [{ftp: {}}]", "E1101 unknown key 'ftp' in a process")]
    [InlineData("processes: [{http: {prot: 80}}]", "E1101 unknown key 'prot' in a server (did you mean 'port'?)")]
    public void Faults_of_speakers_and_processes_are_found(string field, string finding)
    {
        Assert.Contains(Loaded.FindingsOf($"nodes: {{r: {{{field}}}}}\n"), f => f.Contains(finding, System.StringComparison.Ordinal));
    }

    [Fact]
    public void Processes_have_their_settings()
    {
        TopologySpec topology = Loaded.Body(
            """
            nodes:
              n:
                interfaces: {d0: {type: dummy}}
                processes:
                  - http: {port: 8080, body: hello}
                    name: web
                  - echo: {protocol: udp}
                  - dns: {records: {a.example: [10.0.0.1, "2001:db8::1"]}, forward: 8.8.8.8}
                  - dhcp: {dev: d0, pool: [10.0.0.10, 10.0.0.20], router: 10.0.0.1, lease: 1h}
                  - iperf3:
            """);

        System.Collections.Generic.IReadOnlyList<ProcessSpec> processes = topology.Nodes[0].Root.Processes;
        Assert.Equal(["web", "echo", "dns", "dhcp", "iperf3"], processes.Select(p => p.Name));
        Assert.Equal((8080, "hello", TransportProtocol.Udp, 2, 2), (processes[0].Port, processes[0].Body, processes[1].Protocol, processes[2].Records[0].Value.Count, processes[3].Pool.Count));
    }

    [Fact]
    public void A_cluster_has_nodes_or_racks()
    {
        TopologySpec nodes = Loaded.Body("cluster: {nodes: {'n[1-3]': {ip: \"10.0.0.10/24 + $i\", labels: {rack: \"$i\"}, asn: 64512}}, transport: pipe}\nsteps: [{ping: {from: n3, to: gateway}}]");
        TopologySpec racks = Loaded.Body("cluster: {racks: 50, nodesPerRack: 20, link: {delay: 10us}}\nsteps: [{ping: {from: rack50-node20, to: rack1}}]");

        Assert.Equal(["n1 10.0.0.11/24", "n2 10.0.0.12/24", "n3 10.0.0.13/24"], nodes.Cluster!.Nodes.Select(n => $"{n.Name} {n.Addresses[0]}"));
        Assert.Equal((BgpTransport.Pipe, BgpTimerProfile.CalicoBird, 1500), (nodes.Cluster.Transport, nodes.Cluster.Timers, nodes.Cluster.LinkMtu));
        Assert.Equal((50, 20, 10L), (racks.Cluster!.Racks, racks.Cluster.NodesPerRack, racks.Cluster.LinkDelay.Microseconds));
        Assert.Equal(1500, racks.Cluster.LinkMtu);
    }

    [Theory]
    [InlineData("nodes: {a: {interfaces: {e: {ip: [10.0.0.1/24]}}}, b: {interfaces: {e: {ip: [10.0.0.1/24]}}}}\nlinks: [{endpoints: [\"a:e\", \"b:e\"]}]", "W2002 'b:e' and 'a:e' of one segment both have 10.0.0.1")]
    [InlineData("nodes: {a: {interfaces: {e: {mtu: 1400}}}, b: {}}\nlinks: [{endpoints: [\"a:e\", \"b:e\"]}]", "W2007 the ends of this link have MTU 1400 and 1500")]
    [InlineData("nodes: {a: {interfaces: {e: {}}}}", "W2001 interface 'e' of node 'a' is the end of no link")]
    [InlineData("groups: {g: {}}", "W2004 group 'g' is used by no node")]
    [InlineData("steps: [{at: 5s, wait: 1s}, {at: 3s, wait: 1s}]", "W2005 this step is due at 3s, after a step at 5s")]
    [InlineData("steps: [{wait: 5s}, {at: 3s, wait: 1s}]", "W2005 this step is due at 3s, and the steps before it last until 5s at least")]
    [InlineData("steps: [{wait: 1s, within: 3s}]", "W2006 'within' waits for an expectation, and there is none")]
    [InlineData("nodes: {a: {interfaces: {e: {type: dummy, ip: [10.0.0.0/24]}}}}", "W2010 10.0.0.0/24 of 'a:e' is the address of its network itself")]
    [InlineData("nodes: {a: {interfaces: {e: {type: dummy, ip: [10.0.0.127/25]}}}}", "W2010 10.0.0.127/25 of 'a:e' is the broadcast address of its network")]
    [InlineData("nodes: {a: {interfaces: {e: {type: dummy, ip: [10.0.0.1/24]}}, bgp: {asn: 1, neighbors: [{peer: 10.0.0.2, asn: 2}]}}}", "W2011 'a' peers with 10.0.0.2, an address that no node has")]
    [InlineData("nodes: {a: {interfaces: {e: {type: dummy, ip: [10.0.0.1/24]}}, bgp: {asn: 1, neighbors: [{peer: 10.0.0.1, asn: 2}]}}}", "W2011 'a' peers with 10.0.0.1, which is its own address")]
    [InlineData("nodes: {a: {interfaces: {e: {ip: [10.0.0.1/24]}}, bgp: {asn: 1, neighbors: [{peer: 10.0.0.2, asn: 3}]}}, b: {interfaces: {e: {ip: [10.0.0.2/24]}}, bgp: {asn: 2}}}\nlinks: [{endpoints: [\"a:e\", \"b:e\"]}]", "W2011 'a' expects AS 3 at 10.0.0.2, but 'b' is in AS 2")]
    [InlineData("nodes: {a: {interfaces: {eth0: {type: dummy}}}}\ncapture: [{device: \"a:eth7\"}]", "W2012 'a:eth7' is watched, and there is no such device, nor a command that could make it (did you mean 'eth0'?)")]
    public void What_is_probably_not_meant_is_a_warning(string body, string finding)
    {
        LoadedTopology loaded = Loaded.From(Loaded.Head + body);

        Assert.False(loaded.Diagnostics.HasErrors);
        Assert.Contains(Loaded.FindingsOf(body), f => f.Contains(finding, System.StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nodes: {a: {interfaces: {e: {type: dummy, ip: [10.0.0.0/31]}, f: {type: dummy, ip: [10.0.1.0/32]}, lo: {ip: [10.0.2.0/24]}}}}")]
    [InlineData("nodes: {a: {interfaces: {e: {type: dummy, ip: [10.0.0.1/24]}}, bgp: {asn: 1, neighbors: [{peer: 10.9.9.9, asn: 2}]}, exec: [\"ip link add b type bridge\"]}}")]
    [InlineData("nodes: {a: {exec: [\"ip link add b type bridge\"]}}\ncapture: [{device: \"a:b\"}, {device: \"a:lo\"}]")]
    [InlineData("nodes: {a: {}}\ncapture: [{device: \"a:b\"}]\nsteps: [{exec: {in: a, command: \"ip link add b type bridge\"}}]")]
    public void What_may_well_be_meant_is_no_warning(string body) => Assert.Empty(Loaded.FindingsOf(body));

    [Fact]
    public void The_same_address_in_two_segments_is_fine()
    {
        Loaded.Body("nodes: {'n[1-2]': {interfaces: {br0: {type: bridge, ip: [172.17.0.1/16]}}, namespaces: {c: {interfaces: {eth0: {type: veth, master: br0, ip: [172.17.0.2/16]}}}}}}");
    }
}
