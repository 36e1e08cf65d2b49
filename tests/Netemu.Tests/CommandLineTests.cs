using System;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace Netemu.Tests;

/// <summary>The command line: what goes to standard output, and with which exit code a command ends.</summary>
public sealed class CommandLineTests
{
    private const string Pair = """
        apiVersion: netemu/v1
        kind: Topology
        metadata: {name: pair}
        nodes:
          a: {interfaces: {eth0: {ip: ["10.0.0.1/24"]}}}
          b: {interfaces: {eth0: {ip: ["10.0.0.2/24"]}}}
        links: [{endpoints: ["a:eth0", "b:eth0"], delay: 1ms}]

        """;

    [Fact]
    public void Run_prints_one_line_and_nothing_on_standard_error()
    {
        CommandRun run = CommandRun.WithInput(Pair + "steps: [{ping: {from: a, to: b}, expect: {received: 1}}]", "run", "-");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches("^converged at 0\\.00\\d s, .* s wall, 1/1 expectations, seed 1, run [0-9a-f]{8}\n$", run.Output);
        Assert.Empty(run.Error);
    }

    [Fact]
    public void A_failed_expectation_ends_with_1_and_names_its_place()
    {
        CommandRun run = CommandRun.WithInput(Pair + "steps: [{ping: {from: a, to: b}, expect: {received: 2}}]", "run", "-");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("received: 2", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodes: {a: {interfaces: 3}}", 3)]
    [InlineData("nodes: {a: {interfaces: {br0: {type: bridge, mcast-snooping: true}}}}", 4)]
    [InlineData("nodes: {a: {exec: [\"ip link set nothere up\"]}}", 3)]
    public void Input_that_cannot_run_ends_with_its_own_code(string body, int exitCode)
    {
        CommandRun run = CommandRun.WithInput($"apiVersion: netemu/v1\nkind: Topology\nmetadata: {{name: t}}\n{body}", "run", "-");

        Assert.Equal(exitCode, run.ExitCode);
        Assert.NotEmpty(run.Error);
    }

    [Fact]
    public void A_time_limit_before_convergence_ends_with_0_and_a_frame_limit_with_5()
    {
        string storm = Path.Combine(CommandRun.Catalog, "bridge-storm.yaml");

        Assert.Equal(5, CommandRun.Of("run", storm, "--until", "1s", "--max-frames", "100000").ExitCode);
        Assert.Equal(0, CommandRun.WithInput(Pair, "run", "-", "--until", "5ms").ExitCode);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run", "-", "--no-such-option")]
    [InlineData("fly")]
    [InlineData("graph", "-", "--as", "png")]
    [InlineData("run", "@file")]
    public void Wrong_usage_ends_with_64(params string[] arguments)
    {
        int exitCode = CommandRun.Of(arguments).ExitCode;

        // '@file' is a file name like any other: there is none, which is invalid input.
        Assert.Equal(arguments.Contains("@file") ? 3 : 64, exitCode);
    }

    [Fact]
    public void Json_is_one_document_with_the_result()
    {
        CommandRun run = CommandRun.WithInput(Pair + "steps: [{ping: {from: a, to: b}, expect: reply}]", "run", "-", "--json");

        using JsonDocument document = JsonDocument.Parse(run.Output);
        Assert.Equal("netemu/v1", document.RootElement.GetProperty("schema").GetString());
        Assert.Equal("reply", document.RootElement.GetProperty("steps")[0].GetProperty("outcome").GetProperty("outcome").GetString());
        Assert.Equal(16, document.RootElement.GetProperty("hash").GetString()!.Length);
    }

    [Fact]
    public void A_capture_to_standard_output_leaves_the_summary_to_standard_error()
    {
        CommandRun run = CommandRun.WithInput(Pair + "steps: [{ping: {from: a, to: b}}]", "run", "-", "-w", "-");

        Assert.Equal([0x0A, 0x0D, 0x0D, 0x0A], run.Bytes[..4]);
        Assert.StartsWith("converged", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Exec_runs_a_command_in_a_namespace_and_passes_its_exit_code_on()
    {
        CommandRun shown = CommandRun.WithInput(Pair, "exec", "-", "a", "--", "ip", "-br", "addr", "show", "eth0");
        CommandRun failed = CommandRun.WithInput(Pair, "exec", "-", "a", "--", "ip", "link", "show", "eth9");

        Assert.Contains("10.0.0.1/24", shown.Output, StringComparison.Ordinal);
        Assert.Equal(0, shown.ExitCode);
        Assert.NotEqual(0, failed.ExitCode);
    }

    [Fact]
    public void Trace_follows_a_packet_hop_by_hop()
    {
        CommandRun run = CommandRun.WithInput(Pair, "trace", "-", "a", "b");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("dev eth0", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("answered\n", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dot", "graph netemu {")]
    [InlineData("mermaid", "graph LR")]
    [InlineData("svg", "<svg ")]
    [InlineData("json", "{")]
    public void Graph_draws_in_four_languages(string language, string begin) =>
        Assert.StartsWith(begin, CommandRun.WithInput(Pair, "graph", "-", "--as", language).Output, StringComparison.Ordinal);

    [Fact]
    public void Shell_moves_the_clock_and_runs_commands()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, Pair);
        try
        {
            CommandRun run = CommandRun.WithInput("in b\nip -br addr show eth0\nrun 5s\ntrace a b\nexit\n", "shell", file);

            Assert.Equal(0, run.ExitCode);
            Assert.Contains("10.0.0.2/24", run.Output, StringComparison.Ordinal);
            Assert.Contains("5.0", run.Output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Run_takes_further_steps_and_tells_what_each_saw()
    {
        string file = Path.GetTempFileName();
        string checks = Path.GetTempFileName();
        File.WriteAllText(file, Pair);
        File.WriteAllText(checks, "apiVersion: netemu/v1\nkind: Checks\nsteps:\n  - ping: {from: a, to: b, count: 2}\n    expect: {received: 2}\n");
        try
        {
            CommandRun run = CommandRun.Of("run", file, "--with", checks, "-v", "--no-color");

            Assert.True(run.ExitCode == 0, run.Error);
            Assert.Matches("step [0-9]+ \\(line 4\\) ping .*received: 2", run.Error);
        }
        finally
        {
            File.Delete(file);
            File.Delete(checks);
        }
    }

    [Fact]
    public void Bench_knows_rules_and_sets()
    {
        CommandRun run = CommandRun.Of("bench", "nosuch");
        Assert.Equal(64, run.ExitCode);
        Assert.Contains("ipset", CommandRun.Of("bench", "--help").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_inspect_schema_completion_and_version_answer()
    {
        Assert.Equal("no findings\n", CommandRun.WithInput(Pair, "check", "-").Output);
        Assert.Contains("10.0.0.0/24 dev eth0 proto kernel", CommandRun.WithInput(Pair, "inspect", "-").Output, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(CommandRun.Of("schema").Output).RootElement.ValueKind);
        Assert.Contains("complete", CommandRun.Of("completion", "bash").Output, StringComparison.Ordinal);
        Assert.StartsWith("netemu ", CommandRun.Of("version").Output, StringComparison.Ordinal);
    }
}
