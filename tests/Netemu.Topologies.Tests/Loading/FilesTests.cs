using System.Linq;
using Netemu.Topologies.Loading;

namespace Netemu.Topologies.Tests.Loading;

/// <summary>Files, directories and includes.</summary>
public sealed class FilesTests
{
    private const string Pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME, namespace: dev}\n";

    private readonly MemoryFiles _files = new();

    [Fact]
    public void Included_files_and_directories_come_in_ordinal_order_relative_to_the_file()
    {
        _files.Add("lab/t.yaml", Loaded.Head + "include: [pods, ../shared/x.yaml]\n")
            .Add("lab/pods/b.yaml", PodNamed("b")).Add("lab/pods/B.yaml", PodNamed("upper")).Add("lab/pods/a.yml", PodNamed("a"))
            .Add("lab/pods/readme.txt", "- nothing")
            .Add("shared/x.yaml", PodNamed("x"));

        LoadedTopology loaded = Load("lab/t.yaml");

        Assert.Equal([], Loaded.Findings(loaded));
        Assert.Equal(["upper", "a", "b", "x"], loaded.Manifests.Select(m => m.Name));
        Assert.Equal("lab/pods/b.yaml", loaded.Manifests[2].Range.File);
    }

    [Fact]
    public void A_directory_is_a_run()
    {
        _files.Add("lab/1.yaml", PodNamed("a")).Add("lab/2.yaml", Loaded.Head + "steps: [{ping: {from: \"pod:dev/a\", to: 10.0.0.1}}]\n");

        LoadedTopology loaded = Load("lab");

        Assert.Equal([], Loaded.Findings(loaded));
        Assert.Single(loaded.Topology!.Steps);
    }

    [Fact]
    public void A_directory_may_hold_files_that_include_each_other()
    {
        _files.Add("lab/a.yaml", PodNamed("a")).Add("lab/t.yaml", Loaded.Head + "include: [a.yaml, z.yaml]\n").Add("lab/z.yaml", PodNamed("z"));

        LoadedTopology loaded = Load("lab");

        Assert.Equal([], Loaded.Findings(loaded));
        Assert.Equal(["a", "z"], loaded.Manifests.Select(m => m.Name));
    }

    [Fact]
    public void A_file_included_twice_is_an_error()
    {
        _files.Add("t.yaml", Loaded.Head + "include: [a.yaml, ./a.yaml]\n").Add("a.yaml", PodNamed("a"));

        Assert.Equal(["t.yaml:4:19: error E1108: file 'a.yaml' is read twice (include it once)"], Loaded.Findings(Load("t.yaml")));
    }

    [Fact]
    public void A_cycle_of_includes_is_an_error()
    {
        _files.Add("a.yaml", Loaded.Head + "include: [b.yaml]\n").Add("b.yaml", Loaded.Head + "include: [./c/../a.yaml]\n");

        Assert.Contains("b.yaml:4:11: error E1107: 'a.yaml' includes itself (a.yaml -> b.yaml -> a.yaml)", Loaded.Findings(Load("a.yaml")));
    }

    [Fact]
    public void A_missing_file_is_named_where_it_is_included()
    {
        _files.Add("a.yaml", Loaded.Head + "include:\n  - none.yaml\n");

        Assert.Equal(
            ["a.yaml:5:5: error E1106: cannot read 'none.yaml' (paths are relative to the file that names them)"],
            Loaded.Findings(Load("a.yaml")));
        Assert.True(Load("other.yaml").Diagnostics.HasErrors);
    }

    [Fact]
    public void A_file_of_a_directory_that_cannot_be_read_is_an_error()
    {
        // A policy that is there and not read would be a policy that is not enforced.
        _files.Add("lab/a.yaml", Loaded.Head).Add("lab/policy.yaml", null!);

        Assert.Equal(
            ["lab/policy.yaml: error E1106: cannot read 'lab/policy.yaml' (the file is there: do its permissions or its size (256 MiB at most) keep it from being read?)"],
            Loaded.Findings(Load("lab")));
    }

    [Fact]
    public void The_same_object_twice_is_an_error()
    {
        _files.Add("a.yaml", PodNamed("x") + "---\n" + PodNamed("x"));

        Assert.Equal(["a.yaml:5:1: error E1108: Pod/dev/x stands twice (the first one is at a.yaml:1:1)"], Loaded.Findings(Load("a.yaml")));
    }

    [Fact]
    public void Two_topologies_are_an_error()
    {
        _files.Add("a.yaml", Loaded.Head + "---\n" + Loaded.Head);

        Assert.Contains("E1105", Loaded.Findings(Load("a.yaml")).Single());
    }

    [Fact]
    public void Manifests_alone_are_a_topology_and_checks_may_stand_beside()
    {
        _files.Add("m.yaml", PodNamed("cli") + "---\napiVersion: v1\nkind: Node\nmetadata: {name: n1}\n")
            .Add("checks.yaml", "steps:\n  - {at: converged, connect: {from: \"pod:dev/cli\", to: n1, port: 1}, expect: denied}\n");

        LoadedTopology loaded = TopologyLoader.Load(["m.yaml"], new LoaderOptions { Files = _files, With = ["checks.yaml"], Seed = 9 });

        Assert.Equal([], Loaded.Findings(loaded));
        Assert.Equal(("m", 9UL, 1, 2), (loaded.Topology!.Name, loaded.Topology.Seed, loaded.Topology.Steps.Count, loaded.Manifests.Count));
    }

    [Fact]
    public void Checks_run_after_the_steps_of_the_topology()
    {
        _files.Add("t.yaml", Loaded.Head + "nodes: {a: {}}\nsteps: [{wait: 1s}]\n")
            .Add("c.yaml", "apiVersion: netemu/v1\nkind: Checks\nsteps: [{ping: {from: a, to: a}}]\n");

        LoadedTopology loaded = TopologyLoader.Load(["t.yaml"], new LoaderOptions { Files = _files, With = ["c.yaml"] });

        Assert.Equal(["0 wait", "1 ping"], loaded.Topology!.Steps.Select(s => $"{s.Index} {s.Action.Kind}"));
    }

    [Fact]
    public void Standard_input_is_a_file()
    {
        LoadedTopology loaded = TopologyLoader.Load(
            ["-"], new LoaderOptions { Files = _files, ReadStandardInput = () => "apiVersion: netemu/v1\nkind: Topology\nx: 1\n" });

        Assert.Equal("<stdin>:3:1", loaded.Diagnostics.Items[0].Range.ToString());
    }

    [Fact]
    public void Manifests_of_steps_come_inline_or_from_files()
    {
        _files.Add("d/t.yaml", Loaded.Head + """
            steps:
              - apply: more.yaml
              - apply: {apiVersion: v1, kind: Pod, metadata: {name: "${NAME:-inline}", namespace: dev}}
              - apply: [more2.yaml, {apiVersion: v1, kind: Namespace, metadata: {name: ns}}]
              - patch: {kind: Pod, namespace: dev, name: inline, patch: {metadata: {labels: {a: b}}}}
              - delete: {kind: Pod, namespace: dev, name: inline}
              - ping: {from: "pod:dev/more", to: "pod:dev/inline"}
            """).Add("d/more.yaml", PodNamed("more")).Add("d/more2.yaml", PodNamed("more2"));

        LoadedTopology loaded = Load("d/t.yaml");

        Assert.Equal([], Loaded.Findings(loaded));
        Assert.Empty(loaded.Manifests);
        Netemu.Topologies.Model.Steps.ApplyChange third = (Netemu.Topologies.Model.Steps.ApplyChange)loaded.Topology!.Steps[2].Action;
        Assert.Equal(["Pod/dev/more2", "Namespace/ns"], third.Manifests.Select(m => m.ToString()));
    }

    [Theory]
    [InlineData("a/b.yaml", "c.yaml", "a/c.yaml")]
    [InlineData("a/b.yaml", "../c.yaml", "c.yaml")]
    [InlineData("b.yaml", "../c.yaml", "../c.yaml")]
    [InlineData("a/b.yaml", "/x/./c.yaml", "/x/c.yaml")]
    [InlineData("a\\b.yaml", "d\\c.yaml", "d/c.yaml")]
    public void Paths_are_relative_to_the_file_that_names_them(string file, string path, string expected)
    {
        Assert.Equal(expected, FilePath.Combine(file, path));
    }

    private static string PodNamed(string name) => Pod.Replace("NAME", name, System.StringComparison.Ordinal);

    private LoadedTopology Load(string path) => TopologyLoader.Load([path], new LoaderOptions { Files = _files });
}
