using System.Collections.Generic;
using System.Linq;

namespace Netemu.Live.Tests.Behaviours;

/// <summary>
/// Docker's rules without its user-space proxy: published ports, hairpin with and without masquerade, masquerade to the
/// outside, with bridged packets shown to netfilter or not. The kernel's own iptables says what must arrive, from whom, and
/// what every rule has counted.
/// </summary>
[Trait("Category", "Live")]
public sealed class DockerNatTests
{
    private const string Hairpin = "-A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p udp -m udp --dport 7777 -j MASQUERADE";
    private const string Host = "192.0.2.10";

    public static TheoryData<bool, bool, bool> Variants()
    {
        TheoryData<bool, bool, bool> variants = [];
        foreach (bool bridgeNetfilter in (bool[])[false, true])
        {
            foreach (bool hairpinPort in (bool[])[false, true])
            {
                foreach (bool masquerade in (bool[])[false, true])
                {
                    variants.Add(bridgeNetfilter, hairpinPort, masquerade);
                }
            }
        }

        return variants;
    }

    [OnBoth]
    public void Published_ports_hairpins_and_masquerade_are_as_the_kernel_has_them()
    {
        List<string> differences = [];
        foreach (object?[] row in Variants())
        {
            (bool bridgeNetfilter, bool hairpinPort, bool masquerade) = ((bool)row[0]!, (bool)row[1]!, (bool)row[2]!);
            List<string> kernel = Observe(NetworkKind.Kernel, bridgeNetfilter, hairpinPort, masquerade);
            List<string> engine = Observe(NetworkKind.Engine, bridgeNetfilter, hairpinPort, masquerade);
            string variant = $"bridge-nf {bridgeNetfilter}, hairpin port {hairpinPort}, masquerade {masquerade}";
            differences.AddRange(kernel.Except(engine).Select(line => $"{variant}: kernel: {line}"));
            differences.AddRange(engine.Except(kernel).Select(line => $"{variant}: engine: {line}"));
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static List<string> Observe(NetworkKind kind, bool bridgeNetfilter, bool hairpinPort, bool masquerade)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        foreach (string space in (string[])["client", "c1", "c2"])
        {
            network.AddNamespace(space);
        }

        network.AddNamespace("host", forwarding: true);
        network.AddVeth("client", "eth0", "host", "eth0");
        network.AddVeth("c1", "eth0", "host", "v1");
        network.AddVeth("c2", "eth0", "host", "v2");
        network.AddBridge("host", "docker0");
        network.Enslave("host", "v1", "docker0");
        network.Enslave("host", "v2", "docker0");
        network.AddAddress("client", "eth0", "192.0.2.1/24");
        network.AddAddress("host", "eth0", "192.0.2.10/24");
        network.AddAddress("host", "docker0", "172.17.0.1/16");
        network.AddAddress("c1", "eth0", "172.17.0.2/16");
        network.AddAddress("c2", "eth0", "172.17.0.3/16");
        network.AddRoute("c1", "0.0.0.0/0 via 172.17.0.1");
        network.AddRoute("c2", "0.0.0.0/0 via 172.17.0.1");
        network.SetPort("host", "v1", "hairpin", hairpinPort);
        network.SetBridgeNetfilter("host", bridgeNetfilter);
        network.RestoreRules("host", Rules(masquerade));

        // Neighbours are known before what is counted.
        network.Ping("c1", "172.17.0.1");
        network.Ping("c2", "172.17.0.2");
        network.Ping("client", Host);
        UdpProbe published = new() { Listeners = ["c1"] };
        List<string> lines = [];
        void Note(string what, IReadOnlyList<string> answers) => lines.AddRange(answers.Select(line => $"{what}: {line}"));
        Note("client to the published port", network.Udp("client", Host, published));
        Note("the host to its own published port", network.Udp("host", Host, published));
        Note("the host by loopback", network.Udp("host", "127.0.0.1", published));
        Note("a container to itself by the host", network.Udp("c1", Host, published));
        Note("another container by the host", network.Udp("c2", Host, published));
        Note("another container directly", network.Udp("c2", "172.17.0.2", published));
        Note("a container to the outside", network.Udp("c1", "192.0.2.1", published with { Listeners = ["client"] }));
        Note("the client to a closed port", network.Udp("client", Host, published with { Port = 7778 }));
        string table = string.Empty;
        foreach (string line in network.Rules("host"))
        {
            table = line[0] == '*' ? line : table;
            if (line[0] is '[' or ':')
            {
                lines.Add($"{table} {line}");
            }
        }

        return lines;
    }

    private static string Rules(bool masquerade) =>
        $"""
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD DROP [0:0]
        :OUTPUT ACCEPT [0:0]
        :DOCKER - [0:0]
        -A FORWARD -m physdev --physdev-is-bridged -m comment --comment "counts only"
        -A FORWARD -m physdev --physdev-in v1 -m comment --comment "counts only"
        -A FORWARD -m physdev --physdev-in v2 --physdev-out v1 -m comment --comment "counts only"
        -A FORWARD -m physdev ! --physdev-is-bridged -m comment --comment "counts only"
        -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A FORWARD -o docker0 -j DOCKER
        -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
        -A FORWARD -i docker0 -o docker0 -j ACCEPT
        -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p udp -m udp --dport 7777 -j ACCEPT
        COMMIT
        *nat
        :PREROUTING ACCEPT [0:0]
        :INPUT ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        :DOCKER - [0:0]
        -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
        -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
        -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
        {(masquerade ? Hairpin : "-A POSTROUTING -s 198.51.100.1/32 -j ACCEPT")}
        -A DOCKER -p udp -m udp --dport 7777 -j DNAT --to-destination 172.17.0.2:7777
        COMMIT

        """;
}
