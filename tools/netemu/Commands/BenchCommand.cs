using System;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using Netemu.Core.Addresses;
using Netemu.Engine.Benchmarks;
using Netemu.Engine.Linux;
using Netemu.Topologies.Results;

namespace Netemu.Cli.Commands;

/// <summary><c>netemu bench</c>: measures this machine and this build.</summary>
internal static class BenchCommand
{
    private const long Budget = 2_000_000_000;
    private const int Namespaces = 100_000;
    private const int Prefixes = 1_000_000;
    private const int FramesInFlight = 64;
    private const int Rules = 10_000;
    private const int EstablishedRules = 1_000;
    private const int SetMembers = 100_000;
    private const int Endpoints = 1_000_000;

    public static Command Build(Terminal terminal)
    {
        string[] names = ["forward", "flood", "tcp", "tcp-segments", "tcp-idle", "vxlan", "ipip", "namespaces", "lpm", "tap", "policy", "established", "ipset", "pcapng", "bgp-decode", "bgp-mesh", "bgp-mesh-tcp", "bgp-rr"];
        Argument<string> name = new("NAME") { HelpName = "NAME", Description = string.Join(", ", names) };
        name.AcceptOnlyFromAmong(names);
        Option<int> nodes = new("--nodes") { Description = "Speakers of bgp-mesh and bgp-mesh-tcp, clients of bgp-rr (default 1000, 10000)" };
        Option<int> prefixes = new("--prefixes") { Description = "Prefixes of each of them (default 10, for bgp-rr 1)" };
        Option<int> routers = new("--routers")
        {
            Description = "How many routers forward has, in chains of 16",
            DefaultValueFactory = _ => ForwardingScenario.ChainLength,
        };
        Option<bool> joined = new("--joined") { Description = "Joins forward's chains to one network: those that nothing joins are run one after the other" };
        Option<int> inFlight = new("--in-flight") { Description = "Frames on their way in forward", DefaultValueFactory = _ => FramesInFlight };
        Option<int> family = new("--family") { Description = "4 or 6, for forward", DefaultValueFactory = static _ => 4 };
        family.AcceptOnlyFromAmong("4", "6");
        Option<string?> file = new("--file") { Description = "The file that pcapng writes, and removes again (default: one in /dev/shm, where there is such)" };
        Option<bool> json = new("--json") { Description = "Prints the figures as one JSON document" };
        Command command = new("bench", "Measures this machine and this build.") { name, routers, joined, inFlight, family, nodes, prefixes, file, json };
        command.SetAction(parsed =>
        {
            // As every run has it.
            HugePageHeap.Advise();
            if (parsed.GetRequiredValue(name) == "tap")
            {
                return (int)TapBench.Run(parsed.GetValue(json), terminal);
            }

            if (parsed.GetRequiredValue(name) is "vxlan" or "ipip")
            {
                return Tunnels(parsed.GetRequiredValue(name), parsed.GetValue(json), terminal);
            }

            BenchFigures figures = parsed.GetRequiredValue(name) switch
            {
                "forward" when parsed.GetValue(family) == 6 => new ForwardingIPv6Scenario(parsed.GetValue(inFlight)).Run(Clock, Budget),
                "forward" => new ForwardingScenario(parsed.GetValue(routers), parsed.GetValue(inFlight), parsed.GetValue(joined)).Run(Clock, Budget),
                "flood" => new FloodScenario().Run(Clock, Budget),
                "tcp" => new TcpScenario().Run(CpuClock),
                "tcp-segments" => new TcpScenario(offload: false).Run(CpuClock),
                "tcp-idle" => TcpIdleScenario.Run(Endpoints, CpuClock),
                "namespaces" => NamespaceScenario.Run(Namespaces, Clock, QuietHeap.Begin),
                "bgp-decode" => BgpBenches.Decode(Clock, Budget),
                "bgp-mesh" => BgpBenches.Mesh(Or(parsed.GetValue(nodes), 1_000), Or(parsed.GetValue(prefixes), 10), Clock),
                "bgp-mesh-tcp" => BgpBenches.TcpMesh(Or(parsed.GetValue(nodes), 1_000), Or(parsed.GetValue(prefixes), 10), Clock),
                "bgp-rr" => BgpBenches.Reflector(Or(parsed.GetValue(nodes), 10_000), Or(parsed.GetValue(prefixes), 1), Clock),
                "policy" => Policy(PolicyVariant.EveryPacket, Rules),
                "established" => Policy(PolicyVariant.Established, EstablishedRules),
                "ipset" => IPSetScenario.Run(SetMembers, Clock, Budget),
                "pcapng" => Captures(parsed.GetValue(file)),
                _ => Lookups(),
            };
            Tell(figures, parsed.GetValue(json), terminal);
            return (int)ExitCode.Success;
        });
        return command;
    }

    private static int Tunnels(string kind, bool asJson, Terminal terminal)
    {
        (BenchFigures plain, BenchFigures tunnel) = TunnelScenario.Compare(kind, Clock, Budget);
        if (!asJson)
        {
            Tell(plain, asJson: false, terminal);
        }

        Tell(tunnel, asJson, terminal);
        return (int)ExitCode.Success;
    }

    private static int Or(int given, int otherwise) => given > 0 ? given : otherwise;

    /// <summary>
    /// What rules add to a hop, for packets that no connection is known of or for those of established connections: the
    /// difference of two chains.
    /// </summary>
    private static BenchFigures Policy(PolicyVariant variant, int rules)
    {
        BenchFigures without = new PolicyScenario(PolicyVariant.None, 0).Run(Clock, Budget);
        BenchFigures with = new PolicyScenario(variant, rules).Run(Clock, Budget);
        double added = Math.Max(0, with.NanosecondsEach - without.NanosecondsEach);
        return with with
        {
            Name = $"{variant} ({rules} rules, added to a hop)",
            Nanoseconds = (long)(added * with.Operations),
            BestNanosecondsEach = Math.Max(0, with.BestNanosecondsEach - without.BestNanosecondsEach),
        };
    }

    private static BenchFigures Captures(string? path)
    {
        string memory = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        path ??= Path.Combine(memory, $"netemu-bench-{Environment.ProcessId}.pcapng");
        using FileStream stream = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0, FileOptions.DeleteOnClose);
        return PcapngScenario.Run(stream, Clock, Budget);
    }

    private static BenchFigures Lookups()
    {
        LpmFigures figures = LpmScenario.Run<IPv4Address>(Prefixes, Clock, HugePageArena.Instance);
        const long Operations = 1_000_000;
        return new BenchFigures("lpm", Operations, (long)(figures.RandomLookupNanoseconds * Operations), 0, 0);
    }

    /// <summary>The processor time of this process: what a busy machine takes away does not count.</summary>
    private static long CpuClock() => Environment.CpuUsage.TotalTime.Ticks * 100;

    private static long Clock() => Stopwatch.GetElapsedTime(0).Ticks * 100;

    private static void Tell(BenchFigures figures, bool asJson, Terminal terminal)
    {
        if (!asJson)
        {
            string best = figures.BestNanosecondsEach > 0 ? $" (best slice {figures.BestNanosecondsEach:f1} ns)" : string.Empty;
            string hops = figures.PlainHops > 0 ? $", {figures.PlainHops:f2} plain hops" : string.Empty;
            terminal.OutputWriter.WriteLine(
                $"{figures.Name}: {figures.PerSecond / 1e6:f2} M/s, {figures.NanosecondsEach:f1} ns each{best}, {figures.Nanoseconds / 1e9:f2} s, {figures.AllocatedBytes} B allocated{hops}");
            return;
        }

        terminal.OutputWriter.Flush();
        using (Utf8JsonWriter writer = new(terminal.Output, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", "netemu/v1");
            writer.WriteString("kind", "Bench");
            writer.WriteString("name", figures.Name);
            writer.WriteNumber("operations", figures.Operations);
            writer.WriteNumber("perSecond", Math.Round(figures.PerSecond));
            writer.WriteNumber("nanosecondsEach", Math.Round(figures.NanosecondsEach, 3));
            if (figures.BestNanosecondsEach > 0)
            {
                writer.WriteNumber("bestNanosecondsEach", Math.Round(figures.BestNanosecondsEach, 3));
            }

            if (figures.PlainHops > 0)
            {
                writer.WriteNumber("plainHops", Math.Round(figures.PlainHops, 3));
            }

            writer.WriteNumber("allocatedBytes", figures.AllocatedBytes);
            writer.WriteString("hash", figures.Hash.ToString("x16"));
            writer.WriteEndObject();
        }

        terminal.OutputWriter.WriteLine();
    }
}
