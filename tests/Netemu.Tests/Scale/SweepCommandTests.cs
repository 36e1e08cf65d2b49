using System;
using System.IO;
using System.Text.Json;

namespace Netemu.Tests.Scale;

/// <summary><c>netemu sweep</c> and <c>netemu diff</c>.</summary>
public sealed class SweepCommandTests : IDisposable
{
    private const string Pair = """
        apiVersion: netemu/v1
        kind: Topology
        metadata: {name: pair}
        nodes:
          a: {interfaces: {eth0: {ip: ["10.0.0.1/24"]}}}
          b: {interfaces: {eth0: {ip: ["10.0.0.2/24"]}}}
        links: [{endpoints: ["a:eth0", "b:eth0"], delay: "${DELAY:-1ms}"}]
        steps: [{ping: {from: a, to: b}, expect: {received: 1, rtt: "<10ms"}}]
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("netemu-sweep-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Every_setting_has_its_means_and_a_failed_expectation_ends_with_1()
    {
        CommandRun run = CommandRun.Of("sweep", Write(Pair), "--set", "DELAY=1ms,20ms", "--seeds", "1-3", "--json", "-q");

        Assert.Equal(1, run.ExitCode);
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement settings = document.RootElement.GetProperty("settings");
        Assert.Equal("DELAY=1ms", settings[0].GetProperty("setting").GetString());
        Assert.Equal("DELAY=20ms", settings[1].GetProperty("setting").GetString());
        Assert.Equal(0, settings[0].GetProperty("failed").GetInt32());
        Assert.Equal(3, settings[1].GetProperty("failed").GetInt32());
        Assert.Equal(1, settings[0].GetProperty("expectationsPassed").GetProperty("mean").GetDouble());
        Assert.Equal(0, settings[0].GetProperty("framesSent").GetProperty("halfWidth95").GetDouble());
    }

    [Fact]
    public void What_does_not_depend_on_the_seed_is_said_and_two_jobs_write_the_same_lines_as_one()
    {
        string one = Path.Combine(_directory, "one.csv");
        string two = Path.Combine(_directory, "two.csv");

        CommandRun run = CommandRun.Of("sweep", Write(Pair), "--seeds", "1-4", "--compare", "--csv", one, "-q");
        CommandRun.Of("sweep", Write(Pair), "--seeds", "1-4", "--jobs", "2", "--csv", two, "-q");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("nothing depends on the seed in 4 runs", run.Output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(one), File.ReadAllText(two));
        Assert.Equal(5, File.ReadAllLines(one).Length);
    }

    [Fact]
    public void A_file_that_cannot_run_is_refused_once_with_its_diagnostics()
    {
        CommandRun run = CommandRun.Of("sweep", Write(Pair.Replace("b:eth0", "c:eth0", StringComparison.Ordinal)), "--seeds", "1-5", "-q");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("unknown node 'c'", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sweep")]
    [InlineData("scale seed-sweep")]
    public void A_sweep_names_the_expectations_that_fail_whatever_the_seed(string command)
    {
        string file = Write(Pair.Replace("ping: {from: a, to: b}, expect: {received: 1, rtt: \"<10ms\"}", "tcp: {from: a, to: b, port: 9}, expect: connected", StringComparison.Ordinal));

        CommandRun run = CommandRun.Of([.. command.Split(' '), file, "--seeds", "1-3", "-q"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"  expectation 0 ({file}:8) in every run: failed, refused\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_hold_every_update_with_time_router_peer_prefix_and_path()
    {
        string file = Path.Combine(_directory, "events.csv");
        const string TwoSystems = """
            apiVersion: netemu/v1
            kind: Topology
            metadata: {name: two-systems}
            nodes:
              a:
                kind: router
                interfaces: {eth0: {ip: ["10.0.0.1/24"]}}
                bgp: {asn: 65001, neighbors: [{peer: 10.0.0.2, asn: 65002}], networks: [192.0.2.0/24]}
              b:
                kind: router
                interfaces: {eth0: {ip: ["10.0.0.2/24"]}}
                bgp: {asn: 65002, neighbors: [{peer: 10.0.0.1, asn: 65001}]}
            links: [{endpoints: ["a:eth0", "b:eth0"]}]
            """;

        CommandRun run = CommandRun.Of("run", Write(TwoSystems), "--events", file);

        Assert.Equal(0, run.ExitCode);
        string[] lines = File.ReadAllLines(file);
        Assert.Equal("time,router,peer,prefix,type,path", lines[0]);
        Assert.Matches(@"^\d+\.\d{9},b,10\.0\.0\.1,192\.0\.2\.0/24,announce,65001$", lines[1]);
    }

    [Fact]
    public void Two_results_of_one_input_do_not_differ_and_of_two_delays_they_do()
    {
        string a = Result("1ms", "a.json");
        string again = Result("1ms", "again.json");
        string b = Result("2ms", "b.json");

        CommandRun same = CommandRun.Of("diff", a, again);
        CommandRun other = CommandRun.Of("diff", a, b);

        Assert.Equal((0, string.Empty), (same.ExitCode, same.Output));
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("hash: ", other.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("wallTime", other.Output, StringComparison.Ordinal);
    }

    private string Result(string delay, string name)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, CommandRun.Of("run", Write(Pair), "--set", $"DELAY={delay}", "--json").Output);
        return path;
    }

    private string Write(string text)
    {
        string path = Path.Combine(_directory, "pair.yaml");
        File.WriteAllText(path, text);
        return path;
    }
}
