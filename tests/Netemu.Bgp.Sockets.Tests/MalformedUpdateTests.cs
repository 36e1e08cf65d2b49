using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Netemu.Bgp.Tests;
using Netemu.Core.Addresses;
using Xunit.Abstractions;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>
/// The same malformed UPDATEs into ours, BIRD and FRR on OS sockets. Each comes on a session of its own, from an address of
/// its own, for a prefix that the session had announced before; a second neighbour hears what becomes of the prefix.
/// bgp/DESIGN.md has the table.
/// </summary>
[Trait("Category", "Live")]
public sealed class MalformedUpdateTests(ITestOutputHelper output)
{
    private const int FirstSource = 128;
    private const uint SourceAs = 65002;

    [Fact]
    public void Ours_does_on_sockets_what_RFC_7606_says()
    {
        ushort port = LiveSpeaker.FreePort();
        BgpNeighborConfiguration peer = new() { RemoteAs = SourceAs, IPv6Unicast = true, Passive = true };
        using LiveSpeaker ours = new(new BgpSpeakerConfiguration
        {
            As = 65001,
            RouterId = IPv4Address.Parse("10.0.0.1"),
            Timers = LiveSpeaker.Timers,
            Port = port,
            Listen = [InternetAddress.Parse("127.66.0.1")],
            Neighbors = [new BgpNeighbor(InternetAddress.Parse("127.66.0.3"), peer with { RemoteAs = 65003 })],
            NeighborRanges = [new BgpNeighborRange(InternetPrefix.Parse("127.66.0.128/25"), peer)],
        });

        IReadOnlyList<string> outcomes = Run("127.66.0.1", "127.66.0.", port, () => "");

        Print("ours", outcomes);
        Assert.Equal(MalformedUpdates.External.Select(row => $"{row.What}: {row.Expected}"), Named(outcomes));
    }

    [DaemonFact("/usr/sbin/bird", "bird2")]
    public void BIRD_answers_each_of_them()
    {
        using ForeignDaemon bird = new("bird.conf", """
            router id 10.0.0.1;
            protocol device { scan time 60; }
            protocol bgp observer { local 10.254.NET.2 as 65001; neighbor 10.254.NET.3 as 65003; passive; ipv4 { import all; export all; }; }
            protocol bgp sources { local 10.254.NET.2 as 65001; neighbor range 10.254.NET.128/25 as 65002; ipv4 { import all; export none; }; ipv6 { import all; export none; }; }
            """, "/usr/sbin/bird -f -c DIR/bird.conf -s DIR/ctl -P DIR/pid");
        AddSources(bird);
        Print("BIRD " + Version(bird.Ask("/usr/sbin/bird --version")), Run($"10.254.{bird.Net}.2", $"10.254.{bird.Net}.", 179, () => bird.Output));
    }

    [DaemonFact("/usr/lib/frr/bgpd", "frr")]
    public void FRR_answers_each_of_them()
    {
        using ForeignDaemon frr = new("bgpd.conf", """
            frr defaults traditional
            router bgp 65001
             bgp router-id 10.0.0.1
             no bgp ebgp-requires-policy
             neighbor 10.254.NET.3 remote-as 65003
             neighbor 10.254.NET.3 passive
             neighbor S peer-group
             neighbor S remote-as 65002
             bgp listen range 10.254.NET.128/25 peer-group S
             bgp listen limit 500
             address-family ipv6 unicast
              neighbor S activate
             exit-address-family
            """, "/usr/lib/frr/bgpd -n -f DIR/bgpd.conf --vty_socket DIR -i DIR/pid -Z -S -u root -g root");
        AddSources(frr);
        Print("FRR " + Version(frr.Ask("/usr/lib/frr/bgpd --version")), Run($"10.254.{frr.Net}.2", $"10.254.{frr.Net}.", 179, () => frr.Output));
    }

    private static void AddSources(ForeignDaemon daemon)
    {
        daemon.AddAddresses(3, 1);
        daemon.AddAddresses(FirstSource, MalformedUpdates.External.Count);
    }

    /// <summary>What became of each row's prefix.</summary>
    private static IReadOnlyList<string> Run(string daemon, string subnet, int port, Func<string> log)
    {
        int count = MalformedUpdates.External.Count;
        using RawPeer observer = Connect($"{subnet}3", 65003, daemon, port, log);
        List<RawPeer> sources = [];
        try
        {
            for (int i = 0; i < count; i++)
            {
                sources.Add(Connect($"{subnet}{FirstSource + i}", SourceAs, daemon, port, log));
            }

            // Given a route from each source, with a longer path than the one to come.
            for (int i = 0; i < count; i++)
            {
                sources[i].SendUpdate(Own("40010100" + "40020A" + "0202" + "0000FDEA0000FE4C" + MalformedUpdates.NextHop, subnet, i), Prefix(64, i));
            }

            LiveSpeaker.Eventually(
                () => Enumerable.Range(0, count).All(i => observer.PathOf(Prefix(64, i)).Length > 0),
                () => $"{Enumerable.Range(0, count).Count(i => observer.PathOf(Prefix(64, i)).Length > 0)} of {count} heard: {log()}");

            // When each sends its malformed UPDATE, and a good one for another prefix behind it.
            for (int i = 0; i < count; i++)
            {
                sources[i].SendUpdate(Own(MalformedUpdates.External[i].Attributes, subnet, i), Prefix(64, i));
                sources[i].SendUpdate(Own(MalformedUpdates.Good, subnet, i), Prefix(65, i));
            }

            // Then the observer hears the good one, or the source that its session is over.
            bool isOver(int i) => sources[i].Ending.Length > 0 || observer.PathOf(Prefix(65, i)).StartsWith("path", StringComparison.Ordinal);
            LiveSpeaker.Eventually(
                () => Enumerable.Range(0, count).All(isOver),
                () => string.Join('\n', Enumerable.Range(0, count).Where(i => !isOver(i)).Select(i => MalformedUpdates.External[i].What)) + log());
            return [.. Enumerable.Range(0, count).Select(i => Outcome(sources[i], observer.PathOf(Prefix(64, i))))];
        }
        finally
        {
            sources.ForEach(source => source.Dispose());
        }
    }

    private static RawPeer Connect(string local, uint asNumber, string daemon, int port, Func<string> log)
    {
        RawPeer? peer = null;
        LiveSpeaker.Eventually(
            () =>
            {
                // A daemon that is starting refuses, or takes a connection and closes it.
                if (peer is null || peer.Ending.Length > 0)
                {
                    peer?.Dispose();
                    peer = new RawPeer(local, asNumber);
                    if (!peer.TryConnect(daemon, port))
                    {
                        peer.Dispose();
                        peer = null;
                    }
                }

                return peer is { IsEstablished: true };
            },
            () => $"{local} is not Established: {peer?.Ending} {log()}");
        return peer!;
    }

    private static string Outcome(RawPeer source, string path) =>
        source.Ending.Length > 0 ? source.Ending
        : path == "withdrawn" ? "withdrawn"
        : path.EndsWith("0000FE4C", StringComparison.Ordinal) ? "ignored"
        : "kept";

    private static string Prefix(int second, int index) => $"18{100:X2}{second:X2}{index:X2}";

    /// <summary>The next hop of the table is the source's own address.</summary>
    private static string Own(string attributes, string subnet, int index)
    {
        string address = string.Concat($"{subnet}{FirstSource + index}".Split('.').Select(octet => byte.Parse(octet, null).ToString("X2")));
        return attributes.Replace(MalformedUpdates.NextHop, MalformedUpdates.NextHop[..6] + address, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Named(IReadOnlyList<string> outcomes) =>
        MalformedUpdates.External.Zip(outcomes, (row, outcome) => $"{row.What}: {outcome}");

    private static string Version(string answer) => answer.Split('\n')[0].Trim();

    private void Print(string who, IReadOnlyList<string> outcomes)
    {
        StringBuilder text = new StringBuilder(who).Append('\n');
        foreach (((string what, _, string expected), string outcome) in MalformedUpdates.External.Zip(outcomes))
        {
            text.Append($"{what}\t{expected}\t{outcome}\n");
        }

        output.WriteLine(text.ToString());
        if (Environment.GetEnvironmentVariable("NETEMU_RECORD") is { Length: > 0 } folder)
        {
            System.IO.File.WriteAllText($"{folder}/malformed-{who.Split(' ')[0]}.txt", text.ToString());
        }
    }
}
