using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Netemu.Topologies.Tests.Running;

/// <summary>The catalog: every topology directly under the folder "topologies".</summary>
internal static class CatalogFiles
{
    /// <summary>Topologies that need more than this project (commands, a speaker, a cluster, the kernel): the command line's tests run them.</summary>
    private static IReadOnlyList<string> Elsewhere =>
    [
        "bufferbloat.yaml",
        "calico-mesh.yaml",
        "calico-rr.yaml",
        "conntrack-races.yaml",
        "containers.yaml",
        "dhcp.yaml",
        "ecmp.yaml",
        "host-tap.yaml",
        "impairments.yaml",
        "ipv6-path-mtu.yaml",
        "policy-routing.yaml",
        "processes.yaml",
        "proxy-ndp.yaml",
        "slaac.yaml",
        "stp-triangle.yaml",
        "tcp-fairness.yaml",
        "two-subnets.yaml",
    ];

    public static string Folder { get; } = Find();

    public static TheoryData<string> All => [.. Names()];

    public static IEnumerable<string> Names() =>
        Directory.EnumerateFiles(Folder, "*.yaml").Select(p => Path.GetFileName(p)).Except(Elsewhere).Where(n => !NeedsCommands(n)).Order(StringComparer.Ordinal);

    private static bool NeedsCommands(string name) =>
        File.ReadLines(Path.Combine(Folder, name)).Any(line =>
            line.Contains("exec:", StringComparison.Ordinal) || line.Contains("bgp:", StringComparison.Ordinal));

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Netemu.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? throw new InvalidOperationException("the repository is not around the tests"), "topologies");
    }
}
