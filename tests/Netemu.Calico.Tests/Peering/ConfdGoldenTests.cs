using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Netemu.Calico.Peering;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Tests.Peering;

/// <summary>
/// Calico's own expectations of what confd renders, read from a checkout outside this repository: set CALICO_CONFD_TESTS to
/// its confd/tests. Comments, blank lines and indentation do not count; blocks do not either, which those tests put into the
/// store by other means.
/// </summary>
public sealed partial class ConfdGoldenTests
{
    private const string Variable = "CALICO_CONFD_TESTS";

    private static readonly string? _root = Environment.GetEnvironmentVariable(Variable);

    public static TheoryData<string> Cases { get; } = FindCases();

    [GoldenTheory]
    [MemberData(nameof(Cases))]
    public void A_node_is_configured_as_Calico_expects(string name)
    {
        // Given the objects that Calico's test puts into the store, with 3.33's default of who programs routes.
        string input = File.ReadAllText(Path.Combine(_root!, "mock_data", "calicoctl", name, "input.yaml"))
            .Replace(": yes", ": \"true\"", StringComparison.Ordinal);
        List<Resource> resources = [.. Manifest.Read(input, out _)];
        resources.Add(new FelixConfiguration(new ObjectMetadata("default")) { ProgramClusterRoutes = ClusterRouteProgramming.EnabledIpipOnly });

        // When the node's configuration is rendered.
        string golden = Path.Combine(_root!, "compiled_templates", name);
        string expected = Normalize(File.ReadAllText(Path.Combine(golden, "bird.cfg")));
        string own = RouterId().Match(expected).Groups[1].Value;
        BgpNodeConfiguration node = new BgpTopology(resources).Nodes.First(n => n.RouterId.ToString() == own);
        BirdConfiguration bird = new(node, AddressFamily.IPv4);

        // Then it is the golden one.
        Assert.Equal(expected, Normalize(bird.Main()));
        Assert.Equal(
            Normalize(File.ReadAllText(Path.Combine(golden, "bird_ipam.cfg"))), Normalize(bird.Addresses()));
    }

    private static TheoryData<string> FindCases()
    {
        TheoryData<string> cases = [];
        if (_root is null || !Directory.Exists(_root))
        {
            return cases;
        }

        string compiled = Path.Combine(_root, "compiled_templates");
        foreach (string file in Directory.EnumerateFiles(compiled, "bird.cfg", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string name = Path.GetRelativePath(compiled, Path.GetDirectoryName(file)!);
            bool isAlone = File.Exists(Path.Combine(_root, "mock_data", "calicoctl", name, "input.yaml"))
                && !File.Exists(Path.Combine(_root, "mock_data", "calicoctl", name, "kubectl-input.yaml"));

            // Later steps build on earlier ones; the others need names cut to BIRD's length, a hash that we number
            // differently, or a peer that an older API let in.
            bool isOutside = name.Contains("step", StringComparison.Ordinal)
                || name is "bgpfilter/filter_names" or "mesh/hash" or "explicit_peering/route_reflector_v6_by_ip";
            if (isAlone && !isOutside)
            {
                cases.Add(name);
            }
        }

        return cases;
    }

    private static string Normalize(string text)
    {
        StringBuilder result = new();
        foreach (string line in text.Split('\n'))
        {
            int comment = line.IndexOf('#', StringComparison.Ordinal);
            string code = Blanks().Replace(comment < 0 ? line : line[..comment], " ").Trim();
            if (code.Length > 0)
            {
                result.Append(code).Append('\n');
            }
        }

        return result.ToString();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"router id (\S+);")]
    private static partial Regex RouterId();

    /// <summary>Skipped, with the reason, where there is no checkout.</summary>
    private sealed class GoldenTheoryAttribute : TheoryAttribute
    {
        public GoldenTheoryAttribute()
        {
            if (_root is null)
            {
                Skip = $"{Variable} does not name the confd/tests directory of a Calico checkout";
            }
        }
    }
}
