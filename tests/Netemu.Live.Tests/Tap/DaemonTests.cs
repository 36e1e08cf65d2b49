using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Netemu.Bgp;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Links;
using Netemu.Engine.Simulation;
using Netemu.Engine.Tcp;
using Netemu.Testing;
using Netemu.Topologies.Bgp;
using Xunit.Abstractions;

namespace Netemu.Live.Tests.Tap;

/// <summary>
/// BIRD and FRR in a kernel namespace peer with an emulated router two emulated links away: our TCP against Linux's,
/// our speaker against theirs, 100,000 prefixes each way.
/// </summary>
[Trait("Category", "Live")]
public sealed class DaemonTests(ITestOutputHelper output)
{
    private const int Prefixes = 100_000;
    private const string Speaker = "10.2.0.2";
    private const string Daemon = "10.1.0.2";

    private static readonly Duration Patience = Duration.FromSeconds(120);

    [RootFact("bird", "birdc")]
    public void BIRD_exchanges_a_hundred_thousand_prefixes_with_an_emulated_router()
    {
        string folder = Directory.CreateTempSubdirectory("netemu-tap-bird").FullName;
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $$"""
            log "{{folder}}/log" all;
            router id {{Daemon}};
            protocol device {}
            protocol bgp p {
              local {{Daemon}} as 65002; neighbor {{Speaker}} as 65001; multihop 8; connect retry time 1; connect delay time 1;
              ipv4 { import all; export all; };
            }
            protocol static { ipv4;
            """);
        foreach (string prefix in Theirs())
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"route {prefix} blackhole;");
        }

        text.AppendLine("}");
        File.WriteAllText($"{folder}/bird.conf", text.ToString());
        Exchange(
            folder,
            [("/usr/sbin/bird", $"-f -c {folder}/bird.conf -s {folder}/ctl -P {folder}/pid")],
            () => ExternalTool.Require("birdc").Run("-s", $"{folder}/ctl", "show", "route", "protocol", "p", "count").Output
                .Contains($"{Prefixes} of {2 * Prefixes} routes", StringComparison.Ordinal),
            () => ExternalTool.Require("birdc").Run("-s", $"{folder}/ctl", "show", "route", "for", "30.1.2.0/24", "all").Output,
            "BGP.as_path: 65001");
    }

    [RootFact("vtysh")]
    public void FRR_exchanges_a_hundred_thousand_prefixes_with_an_emulated_router()
    {
        string folder = Directory.CreateTempSubdirectory("netemu-tap-frr").FullName;
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"""
            frr defaults traditional
            router bgp 65002
             bgp router-id {Daemon}
             no bgp ebgp-requires-policy
             no bgp network import-check
             neighbor {Speaker} remote-as 65001
             neighbor {Speaker} ebgp-multihop 8
             neighbor {Speaker} timers connect 1
             address-family ipv4 unicast
            """);
        foreach (string prefix in Theirs())
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  network {prefix}");
        }

        text.AppendLine(" exit-address-family");
        text.AppendLine("exit");
        File.WriteAllText($"{folder}/bgpd.conf", text.ToString());
        ExternalTool.Require("chown").Run("-R", "frr:frr", folder);
        string common = $"--vty_socket {folder} --log stdout --log-level emergencies -P 0";
        Exchange(
            folder,
            [
                ("/usr/lib/frr/zebra", $"{common} -z {folder}/zserv.api -i {folder}/zebra.pid"),
                ("/usr/lib/frr/bgpd", $"{common} -n -f {folder}/bgpd.conf -z {folder}/zserv.api -l 0.0.0.0 -p 179 -i {folder}/bgpd.pid"),
            ],
            () => Vtysh(folder, "show bgp ipv4 unicast summary json").Contains($"\"pfxRcd\":{Prefixes},", StringComparison.Ordinal),
            () => Vtysh(folder, "show bgp ipv4 unicast 30.1.2.0/24"),
            "65001");
    }

    /// <summary>Runs until both sides have all the other's routes, then looks at one of ours over there.</summary>
    private void Exchange(string folder, (string Program, string Arguments)[] daemons, Func<bool> daemonHasAll, Func<string> show, string expected)
    {
        List<Process> processes = [];
        using TapNetwork network = Build(out NodeSpeaker speaker);
        try
        {
            foreach ((string program, string arguments) in daemons)
            {
                processes.Add(Start(network, program, arguments));
                network.RunUntil(Duration.FromMilliseconds(500), () => false);
            }

            speaker.Speaker.Start();
            long start = Stopwatch.GetTimestamp();
            bool received = network.RunUntil(Patience, () => speaker.Speaker.PathCount(AddressFamily.IPv4) == 2 * Prefixes);
            TimeSpan ours = Stopwatch.GetElapsedTime(start);
            Assert.True(received, $"{speaker.Speaker.PathCount(AddressFamily.IPv4) - Prefixes} of theirs are here; {Log(folder)}");
            bool sent = false;
            for (int i = 0; i < 60 && !sent; i++)
            {
                network.RunUntil(Duration.FromMilliseconds(500), () => false);
                sent = network.RunWhile(daemonHasAll);
            }

            Assert.True(sent, $"they do not have all of ours: {network.RunWhile(show)} {Log(folder)}");
            Assert.Contains(expected, network.RunWhile(show), StringComparison.Ordinal);
            Assert.Equal("65002", speaker.Speaker.BestPath(InternetPrefix.Parse("20.1.2.0/24"))!.Value.Attributes.AsPath.ToString());
            output.WriteLine($"{Prefixes} of theirs after {ours.TotalSeconds:f1} s, ours there after {Stopwatch.GetElapsedTime(start).TotalSeconds:f1} s");
        }
        finally
        {
            foreach (Process process in processes)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
                process.Dispose();
            }

            speaker.Destroy();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>daemon (kernel) - tap - r1 - 1 ms - r2 with the speaker.</summary>
    private static TapNetwork Build(out NodeSpeaker speaker)
    {
        TapNetwork network = new();
        Node r1 = network.Network.Router("r1");
        Node r2 = network.Network.Router("r2");
        network.Network.Join(r1, "10.2.0.1/24", r2, $"{Speaker}/24", new LinkOptions { Delay = Duration.FromMilliseconds(1) });
        EmulatedNetwork.Route(r2, "10.1.0.0/24", "10.2.0.1");
        network.AttachTap(r1, "10.1.0.1/24", $"{Daemon}/24", "10.1.0.1");
        BgpSpeakerConfiguration configuration = new()
        {
            As = 65001,
            RouterId = IPv4Address.Parse(Speaker),
            Timers = BgpTimers.Of(TimerProfile.CalicoBird) with { ConnectDelay = Duration.FromMilliseconds(100), ConnectRetry = Duration.FromSeconds(1) },
            Neighbors = [new BgpNeighbor(InternetAddress.Parse(Daemon), new BgpNeighborConfiguration { RemoteAs = 65002, Multihop = true })],
            Networks = [.. Enumerable.Range(0, Prefixes).Select(i => new BgpNetwork(InternetPrefix.Parse(Prefix(30, i))))],
        };
        speaker = NodeSpeaker.Create(r2.Root, configuration, new TcpTransport(r2.Root.Tcp), new BgpTables(), _ => null);
        return network;
    }

    private static IEnumerable<string> Theirs() => Enumerable.Range(0, Prefixes).Select(i => Prefix(20, i));

    private static string Prefix(int first, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{first + (index >> 16)}.{(index >> 8) & 0xFF}.{index & 0xFF}.0/24");

    private static Process Start(TapNetwork network, string program, string arguments) =>
        Process.Start(new ProcessStartInfo("ip", $"netns exec {network.Space.Name} {program} {arguments}")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private static string Vtysh(string folder, string command) =>
        ExternalTool.Require("vtysh").Run("--vty_socket", folder, "-d", "bgpd", "-c", command).Output;

    private static string Log(string folder) =>
        File.Exists($"{folder}/log") ? string.Join('\n', File.ReadLines($"{folder}/log").TakeLast(10)) : string.Empty;
}
