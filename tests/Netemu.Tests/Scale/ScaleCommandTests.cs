using System;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace Netemu.Tests.Scale;

/// <summary><c>netemu scale</c>: tables, files, jobs, resumption.</summary>
public sealed class ScaleCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("netemu-scale-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Two_jobs_write_the_same_table_as_one()
    {
        string one = PathOf("one.csv");
        string two = PathOf("two.csv");

        Assert.Equal(0, CommandRun.Of("scale", "mesh-vs-rr", "--nodes", "5,10,15", "--rr", "1,2", "--csv", one, "-q").ExitCode);
        Assert.Equal(0, CommandRun.Of("scale", "mesh-vs-rr", "--nodes", "5,10,15", "--rr", "1,2", "--csv", two, "--jobs", "2", "-q").ExitCode);

        Assert.Equal(File.ReadAllText(one), File.ReadAllText(two));
        Assert.Equal(1 + 9, File.ReadAllLines(one).Length);
    }

    [Fact]
    public void A_table_that_was_cut_short_is_completed_without_running_its_rows_again()
    {
        string whole = PathOf("whole.csv");
        string part = PathOf("part.csv");
        CommandRun.Of("scale", "clique-tdown", "--nodes", "4-7", "--csv", whole, "-q");
        string[] lines = File.ReadAllLines(whole);
        // Two rows and half of a third.
        File.WriteAllText(part, string.Join('\n', lines[0], lines[1], lines[2]) + "\n" + lines[3][..20]);

        CommandRun run = CommandRun.Of("scale", "clique-tdown", "--nodes", "4-7", "--csv", part, "--resume");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(File.ReadAllText(whole), File.ReadAllText(part));
        Assert.Contains("1/2 cells", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_switch_needs_no_value_and_takes_one()
    {
        CommandRun alone = CommandRun.Of("scale", "mesh-vs-rr", "--hierarchy", "--nodes", "25", "--rr", "1", "--csv", "-", "-q");
        CommandRun written = CommandRun.Of("scale", "mesh-vs-rr", "--hierarchy", "true", "--nodes", "25", "--rr", "1", "--csv", "-", "-q");

        Assert.Equal(0, alone.ExitCode);
        Assert.Contains("hierarchy=true", alone.Output, StringComparison.Ordinal);
        Assert.Equal(written.Output, alone.Output);
    }

    [Fact]
    public void Json_has_numbers_by_name_in_rows()
    {
        CommandRun run = CommandRun.Of("scale", "mesh-vs-rr", "--nodes", "10", "--rr", "2", "--json", "-q");

        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement[] rows = [.. document.RootElement.GetProperty("rows").EnumerateArray()];
        Assert.Equal([0, 2], rows.Select(r => r.GetProperty("rr").GetInt32()));
        Assert.Equal([45, 21], rows.Select(r => r.GetProperty("sessions").GetInt32()));
        Assert.Equal([90, 220], rows.Select(r => r.GetProperty("advertisements").GetInt32()));
        foreach (string name in new[] { "nodes", "prefixes", "updates", "bytes", "convergenceSeconds", "wallSeconds", "peakBytes" })
        {
            Assert.All(rows, r => Assert.Equal(JsonValueKind.Number, r.GetProperty(name).ValueKind));
        }
    }

    [Fact]
    public void A_job_for_Kubernetes_has_one_index_a_cell_and_an_index_runs_its_cell()
    {
        CommandRun job = CommandRun.Of("scale", "clique-tdown", "--nodes", "4-6", "--seed", "1,2", "--emit", "k8s-job");
        CommandRun cell = CommandRun.Of("scale", "clique-tdown", "--nodes", "4-6", "--seed", "1,2", "--cell", "3", "--csv", "-", "-q");

        Assert.Contains("completionMode: Indexed\n  completions: 6\n", job.Output, StringComparison.Ordinal);
        string[] lines = cell.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("nodes=5 mrai=30s wrate=false seed=2,5,30s,false,2,60.", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_are_self_contained()
    {
        string html = PathOf("report.html");
        string svg = PathOf("plot.svg");

        CommandRun.Of("scale", "clique-tdown", "--nodes", "4-6", "--html", html, "--svg", svg, "-q");

        string text = File.ReadAllText(html);
        Assert.Contains("<svg", text, StringComparison.Ordinal);
        Assert.Contains("netemu scale clique-tdown --mrai 30s --nodes 4,5,6", text, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
        Assert.StartsWith("<svg", File.ReadAllText(svg), StringComparison.Ordinal);
        Assert.True(File.Exists(PathOf("plot-2.svg")));
    }

    [Theory]
    [InlineData("--nodes", "x")]
    [InlineData("--jobs", "0")]
    [InlineData("--cell", "99")]
    [InlineData("--resume")]
    public void Wrong_arguments_end_with_64(params string[] arguments)
    {
        CommandRun run = CommandRun.Of(["scale", "clique-tdown", .. arguments]);

        Assert.Equal(64, run.ExitCode);
        Assert.NotEmpty(run.Error);
        Assert.Empty(run.Output);
    }

    private string PathOf(string name) => Path.Combine(_directory, name);
}
