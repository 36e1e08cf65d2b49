using System;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Netemu.Felix.Benchmarks;
using Netemu.Topologies.Results;

namespace Netemu.Cli.Commands;

/// <summary>`netemu bench felix`: one policy change among 10,000 policies and 100,000 endpoints, and a cold start with 250,000.</summary>
internal static class FelixBench
{
    private const int Policies = 10_000;
    private const int Endpoints = 100_000;
    private const int ColdEndpoints = 250_000;
    private const int Changes = 4_000;
    private const int WarmUp = 1_000;

    public static Command Build(Terminal terminal)
    {
        Option<bool> json = new("--json") { Description = "Prints the figures as one JSON document" };
        Command command = new("felix", "Measures Felix's calculation of policy.") { json };
        command.SetAction(parsed =>
        {
            Run(parsed.GetValue(json), terminal);
            return (int)ExitCode.Success;
        });
        return command;
    }

    private static void Run(bool asJson, Terminal terminal)
    {
        FelixScenario scenario = new(Endpoints, Policies);
        scenario.ColdStart();
        scenario.Change(WarmUp, Clock);
        (long[] times, long evaluations, long chains, long allocated) = scenario.Change(Changes, Clock);
        Array.Sort(times);
        double median = times[times.Length / 2] / 1e3;
        double high = times[(int)(times.Length * 0.99)] / 1e3;

        long memory = GC.GetTotalMemory(forceFullCollection: true);
        QuietHeap.Begin();
        long start = Clock();
        FelixScenario cold = new(ColdEndpoints, Policies);
        (int rules, int members) = cold.ColdStart();
        double seconds = (Clock() - start) / 1e9;
        double megabytes = (GC.GetTotalMemory(forceFullCollection: true) - memory) / 1e6;
        GC.KeepAlive(cold);
        if (!asJson)
        {
            terminal.OutputWriter.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"felix: {Policies} policies, {Endpoints} endpoints, {FelixScenario.Local} local: one policy change p50 {median:f1} us, p99 {high:f1} us; "
                    + $"{Changes} changes: {evaluations} selector evaluations, {chains} chains written, {allocated / Changes} B each"));
            terminal.OutputWriter.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"felix: cold start with {ColdEndpoints} endpoints and {Policies} policies: {seconds:f2} s, {megabytes:f0} MB, {rules} rules and {members} members"));
            return;
        }

        terminal.OutputWriter.Flush();
        using (Utf8JsonWriter writer = new(terminal.Output, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", "netemu/v1");
            writer.WriteString("kind", "Bench");
            writer.WriteString("name", "felix");
            writer.WriteNumber("policies", Policies);
            writer.WriteNumber("endpoints", Endpoints);
            writer.WriteNumber("changeMicrosecondsP50", Math.Round(median, 1));
            writer.WriteNumber("changeMicrosecondsP99", Math.Round(high, 1));
            writer.WriteNumber("evaluationsPerChange", Math.Round((double)evaluations / Changes, 3));
            writer.WriteNumber("chainsPerChange", Math.Round((double)chains / Changes, 3));
            writer.WriteNumber("allocatedBytesPerChange", allocated / Changes);
            writer.WriteNumber("coldEndpoints", ColdEndpoints);
            writer.WriteNumber("coldSeconds", Math.Round(seconds, 2));
            writer.WriteNumber("coldMegabytes", Math.Round(megabytes));
            writer.WriteEndObject();
        }

        terminal.OutputWriter.WriteLine();
    }

    private static long Clock() => Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency);
}
