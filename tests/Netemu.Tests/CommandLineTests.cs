using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Netemu.Cli;

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

    [Theory]
    [InlineData("nodes: {a: {exec: [\"ipp link\"]}}", "W2013: there is no command 'ipp' here", "did you mean 'ip'?")]
    [InlineData("nodes: {a: {}}\nsteps: [{exec: {in: a, command: \"ip link | sort\"}}]", "W2013: there is no command 'sort' here", "")]
    [InlineData("nodes: {a: {}}\nsteps: [{exec: {in: a, command: \"ping $(hostname)\"}}]", "W2013: 'ping $(hostname)':", "")]
    public void Check_tells_of_commands_that_cannot_run(string body, string finding, string hint)
    {
        CommandRun run = CommandRun.WithInput($"apiVersion: netemu/v1\nkind: Topology\nmetadata: {{name: t}}\n{body}", "check", "-");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(finding, run.Output, StringComparison.Ordinal);
        Assert.Contains(hint, run.Output, StringComparison.Ordinal);
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

    [Theory]
    [InlineData("'rnu' is no command", "did you mean 'run'?", "rnu", "-")]
    [InlineData("'mesh-vs-r' is no command of scale", "did you mean 'mesh-vs-rr'?", "scale", "mesh-vs-r")]
    [InlineData("'forwrad' is no NAME of bench", "did you mean 'forward'?", "bench", "forwrad")]
    [InlineData("bench needs NAME", "known are bgp-decode, ", "bench")]
    [InlineData("'-' is no command of explain", "known are ", "explain", "-", "pod:a/b")]
    [InlineData("'--unitl' is no option of run", "did you mean '--until'?", "run", "-", "--unitl", "5s")]
    [InlineData("'--untill' is no option of run", "did you mean '--until'?", "run", "--untill", "5s", "-")]
    [InlineData("--json and -w - both want standard output", "--out DIR", "run", "-", "--json", "-w", "-")]
    [InlineData("--set: 'X' is not K=V", "--help", "run", "-", "--set", "X")]
    [InlineData("--seed: 'x' is not a whole number", "--help", "run", "-", "--seed", "x")]
    [InlineData("--snaplen: '-5' is less than 0", "--help", "run", "-", "--snaplen", "-5")]
    [InlineData("--max-frames: '-5' is less than 0", "--help", "run", "-", "--max-frames", "-5")]
    [InlineData("--port: '65536' is not a port", "--help", "trace", "-", "a", "b", "--port", "65536")]
    [InlineData("--port: 'x' is not a port", "--help", "trace", "-", "a", "b", "--port", "x")]
    [InlineData("exec needs NODE", "--help", "exec", "-")]
    [InlineData("there is no node 'aa'", "did you mean 'a'?", "run", "-", "--capture", "aa:eth0", "-w", "-")]
    [InlineData("cannot write '/nonexistent/x'", "", "run", "-", "--junit", "/nonexistent/x")]
    [InlineData("cannot write '/nonexistent/x'", "", "run", "-", "--events", "/nonexistent/x")]
    public void Wrong_usage_is_told_before_anything_runs_with_what_was_probably_meant(string message, string hint, params string[] arguments)
    {
        CommandRun run = CommandRun.WithInput(Pair, arguments);

        Assert.Equal(64, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Contains(hint, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("there is no 'aa'; did you mean 'a'?", "exec", "-", "aa", "--", "ip", "link")]
    [InlineData("there is no 'a/n1'", "exec", "-", "a/n1", "--", "ip", "link")]
    [InlineData("there is no 'bb'; did you mean 'b'?", "trace", "-", "a", "bb")]
    public void An_end_that_is_not_there_is_told_with_the_one_that_was_probably_meant(string message, params string[] arguments)
    {
        CommandRun run = CommandRun.WithInput(Pair, arguments);

        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith($"netemu: {message}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_with_the_one_that_was_probably_meant()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        File.WriteAllText(Path.Combine(folder, "pair.yaml"), Pair);
        try
        {
            Assert.Contains("did you mean 'pair.yaml'?", CommandRun.Of("run", Path.Combine(folder, "piar.yaml")).Error, StringComparison.Ordinal);
            Assert.Contains("there is no such file or directory", CommandRun.Of("run", Path.Combine(folder, "other")).Error, StringComparison.Ordinal);

            // A script's variable that is not set is not the working directory.
            Assert.Contains("cannot read ''", CommandRun.Of("run", string.Empty).Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("-w")]
    [InlineData("--junit")]
    [InlineData("--events")]
    public void A_full_disk_is_told_and_is_no_internal_error(string option)
    {
        if (!File.Exists("/dev/full"))
        {
            return;
        }

        CommandRun run = CommandRun.WithInput(Pair + "steps: [{ping: {from: a, to: b}}]", "run", "-", option, "/dev/full");

        Assert.Equal(64, run.ExitCode);
        Assert.StartsWith("netemu: cannot write '/dev/full': No space left on device", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void Standard_output_that_is_full_is_told_and_one_that_nobody_reads_is_not()
    {
        using StringWriter full = new();
        using Terminal fullTerminal = Terminal.Of(Stream.Null, new FailingStream(28, "No space left on device"), full);
        using StringWriter gone = new();
        using Terminal goneTerminal = Terminal.Of(Stream.Null, new FailingStream(32, "Broken pipe"), gone);

        Assert.Equal(64, Program.Run(["version"], fullTerminal));
        Assert.Equal(0, Program.Run(["version"], goneTerminal));
        Assert.Equal("netemu: cannot write standard output: No space left on device" + Environment.NewLine, full.ToString());
        Assert.Empty(gone.ToString());
    }

    [Fact]
    public void A_capture_that_nobody_reads_any_more_ends_the_run()
    {
        const string Day = "steps: [{ping: {from: a, to: b, count: 1000, interval: 1s}, expect: {received: 1000}}]";
        using MemoryStream input = new(System.Text.Encoding.UTF8.GetBytes(Pair + Day));
        using StringWriter error = new();
        using Terminal terminal = Terminal.Of(input, new FailingStream(32, "Broken pipe"), error);

        Assert.Equal(130, Program.Run(["run", "-", "-w", "-"], terminal));
        Assert.Contains("not converged at ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_was_not_run_is_not_told_as_one_that_saw_nothing()
    {
        CommandRun run = CommandRun.WithInput(
            Pair.Replace("  a: {", "  a: {exec: [ip lnik], ", StringComparison.Ordinal) + "steps: [{ping: {from: a, to: b}, expect: {received: 1}}]", "run", "-");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("step 0 was not run: ping a -> b: {received: 1}\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("seen", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_the_limit_ends_is_named()
    {
        CommandRun run = CommandRun.WithInput(Pair + "steps: [{wait: 5000s}]", "run", "-");

        Assert.Equal(5, run.ExitCode);
        Assert.Equal($"netemu: <stdin>:8:9: step 0 had not ended at 3600.000000000 s, the limit; --until sets another{Environment.NewLine}", run.Error);
    }

    [Fact]
    public void A_device_that_never_came_to_be_captured_is_told()
    {
        CommandRun run = CommandRun.WithInput(Pair, "run", "-", "--capture", "a:eth7", "--capture", "b/n:x", "--capture", "a:eth0", "-w", "-");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("netemu: there never was a 'a:eth7' to capture\nnetemu: there never was a 'b/n:x' to capture\n", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("'a:eth0'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_that_the_topology_does_not_name_is_a_warning()
    {
        const string Delay = "links: [{endpoints: [\"a:eth0\", \"b:eth0\"], delay: \"${DELAY:-1ms}\"}]\n";
        CommandRun run = CommandRun.WithInput(Pair.Replace("links: [{endpoints: [\"a:eth0\", \"b:eth0\"], delay: 1ms}]\n", Delay, StringComparison.Ordinal), "run", "-", "--set", "DELYA=3ms");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("variable 'DELYA' is set", run.Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'DELAY'?", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_end_is_refused_where_it_stops_being_text()
    {
        if (!File.Exists("/dev/zero"))
        {
            return;
        }

        CommandRun run = CommandRun.WithInput("apiVersion: netemu/v1\nkind: Topology\ninclude: [/dev/zero]\n", "run", "-");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("/dev/zero:1:1: error", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_texts_that_are_no_results_are_named_when_they_are_compared()
    {
        string file = Path.Combine(CommandRun.Catalog, "two-hosts.yaml");
        CommandRun run = CommandRun.Of("diff", file, file);

        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith($"{file}:1:1: error", run.Error, StringComparison.Ordinal);
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

    [Theory]
    [InlineData("tcp: {from: a, to: b, port: 80}, expect: connected", "seen: refused (errno: ECONNREFUSED)")]
    [InlineData("ping: {from: a, to: 172.16.0.1}, expect: reply", "seen: errno (errno: ENETUNREACH)")]
    [InlineData("exec: {in: a, command: ip link set x up}, expect: {stdout: up}", "seen: {stdout: \"\"} (exit: 1, stderr: \"Cannot find device \\\"x\\\"\\n\")")]
    public void A_failed_expectation_says_why(string step, string seen) =>
        Assert.Contains(seen, CommandRun.WithInput($"{Pair}steps: [{{{step}}}]", "run", "-").Output, StringComparison.Ordinal);

    [Fact]
    public void Exec_runs_a_command_in_a_namespace_and_passes_its_exit_code_on()
    {
        CommandRun shown = CommandRun.WithInput(Pair, "exec", "-", "a", "--", "ip", "-br", "addr", "show", "eth0");
        CommandRun failed = CommandRun.WithInput(Pair, "exec", "-", "a", "--", "ip", "link", "show", "eth9");

        Assert.Contains("10.0.0.1/24", shown.Output, StringComparison.Ordinal);
        Assert.Equal(0, shown.ExitCode);
        Assert.NotEqual(0, failed.ExitCode);
    }

    [Theory]
    [InlineData("converged", false, true)]
    [InlineData("999ms", false, true)]
    [InlineData("1500ms", true, true)]
    [InlineData("end", true, false)]
    public void A_look_at_a_time_comes_after_the_steps_that_begin_by_then(string at, bool added, bool up)
    {
        // Given a file that adds an address at 1 s, then waits for 3 s in one step, and takes the link down at 5 s.
        const string Steps = """
            steps:
              - {at: 1s, exec: {in: a, command: ip addr add 10.7.7.7/32 dev eth0}}
              - wait: 3s
              - {at: 5s, link: {endpoint: "a:eth0", state: down}}
            """;

        // When the device is shown at some time.
        CommandRun run = CommandRun.WithInput(Pair + Steps, "exec", "-", "a", "--at", at, "--", "ip", "-br", "addr", "show", "eth0");

        // Then it is as the steps until then have left it.
        Assert.Equal(added, run.Output.Contains("10.7.7.7", StringComparison.Ordinal));
        Assert.Equal(up, run.Output.Contains(" UP ", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_asked_after_the_steps_may_take_time()
    {
        CommandRun run = CommandRun.WithInput(
            Pair + "steps: [{ping: {from: a, to: b}}]", "exec", "-", "a", "--at", "2s", "--", "ping", "-c", "2", "10.0.0.2");

        Assert.Contains("2 received", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ip route add unreachable 9.9.9.9", "EHOSTUNREACH (an unreachable route: ip route get)")]
    [InlineData("ip route add prohibit 9.9.9.9", "EACCES (a prohibit route: ip route get)")]
    [InlineData("ip route add blackhole 9.9.9.9", "EINVAL (a blackhole route: ip route get)")]
    [InlineData("ip route add 9.9.8.8 dev eth0", "ENETUNREACH (no route to the destination: ip route get)")]
    public void Trace_says_why_a_host_does_not_send(string command, string reason)
    {
        CommandRun run = CommandRun.WithInput(Pair.Replace("  a: {", $"  a: {{exec: [{command}], ", StringComparison.Ordinal), "trace", "-", "a", "9.9.9.9");

        Assert.Equal($"not sent: {reason}\n", run.Output);
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
    [InlineData("10.0.0.9 --protocol tcp --port 99", "dropped: TcpNoSocket at r", "(no program listens on this TCP port: ss -ltn)", null)]
    [InlineData("9.9.9.9", "dropped: NoRoute at r, and 10.0.0.9 says so: ICMP net-unreachable", "(no route to the destination: ip route get)", "net-unreachable")]
    [InlineData("10.1.0.77", "dropped: NeighbourFailed at r, and 10.0.0.9 says so: ICMP host-unreachable", "(nobody answers for the next hop: ip neigh)", "host-unreachable")]
    [InlineData("b --protocol udp --port 9", "dropped: NoSocket at b, and 10.1.0.2 says so: ICMP port-unreachable", "(no program listens on this UDP port: ss -lun)", "port-unreachable")]
    [InlineData("b --protocol tcp --port 23", "dropped: PolicyDrop at r", "filter FORWARD rule 1: DROP", null)]
    public void Trace_says_where_a_packet_was_dropped_what_that_means_and_who_tells_the_sender(string to, string verdict, string meaning, string? icmp)
    {
        // Given a router between two hosts, without a default route, that drops telnet.
        const string Routed = """
            apiVersion: netemu/v1
            kind: Topology
            nodes:
              a: {interfaces: {eth0: {ip: ["10.0.0.1/24"]}}, routes: [{to: default, via: 10.0.0.9}]}
              b: {interfaces: {eth0: {ip: ["10.1.0.2/24"]}}, routes: [{to: default, via: 10.1.0.9}]}
              r: {kind: router, interfaces: {eth0: {ip: ["10.0.0.9/24"]}, eth1: {ip: ["10.1.0.9/24"]}}, exec: [iptables -A FORWARD -p tcp --dport 23 -j DROP]}
            links: [{endpoints: ["a:eth0", "r:eth0"]}, {endpoints: ["b:eth0", "r:eth1"]}]

            """;

        // When a packet is traced that does not arrive.
        CommandRun run = CommandRun.WithInput(Routed, ["trace", "-", "a", .. to.Split(' ')]);
        using JsonDocument json = JsonDocument.Parse(CommandRun.WithInput(Routed, ["trace", "-", "a", .. to.Split(' '), "--json"]).Output);

        // Then the last line says it all, and the event says what it means.
        Assert.EndsWith($"\n{verdict}\n", run.Output, StringComparison.Ordinal);
        Assert.Contains(meaning, run.Output, StringComparison.Ordinal);
        Assert.Equal(icmp, json.RootElement.GetProperty("icmp").GetString());
        Assert.Equal(verdict.Split(' ')[3].TrimEnd(','), json.RootElement.GetProperty("droppedAt").GetString());
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
            CommandRun run = CommandRun.WithInput("in b\nip -br addr show eth0\nrun 5s\nrun 5\ntrace a b\nuntil end\nexit\n", "shell", file);

            Assert.Equal(0, run.ExitCode);
            Assert.Equal($"this is not how 'run' goes:\nrun 5s              run for a time{Environment.NewLine}", run.Error);
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

    /// <summary>A stream that can't be written, for the reason of an errno.</summary>
    private sealed class FailingStream(int errno, string message) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException(message, errno);

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException(message, errno);
    }
}
