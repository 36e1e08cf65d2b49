using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Netemu.Architecture.Tests;

/// <summary>The shape of the repository.</summary>
public sealed class SolutionTests
{
    private static readonly string[] RootEntries =
    [
        "engine", "bgp", "felix", "topologies", "tests", "tools", "Netemu.sln", "README.md", "LICENSE",
        "Directory.Build.props", "Directory.Packages.props", "global.json", "BannedSymbols.txt",
    ];

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = Repository.ReadSolution().Replace('\\', '/');

        Assert.All(Projects, path => Assert.Contains($"\"{path}\"", solution, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_product_project_is_known_to_these_tests() => Assert.Equal(
        Product.AllowedReferences.Keys.Order(StringComparer.Ordinal),
        Projects.Where(path => !path.StartsWith("tests/", StringComparison.Ordinal))
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Order(StringComparer.Ordinal));

    [Fact]
    public void Every_project_locks_its_packages() => Assert.All(Projects, path =>
        Assert.True(File.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(path)!, "packages.lock.json")), path));

    [Fact]
    public void Versions_stand_in_one_file() => Assert.All(Projects, path =>
        Assert.DoesNotContain("Version=", Repository.Read(path), StringComparison.Ordinal));

    [Fact]
    public void The_top_level_holds_what_the_architecture_names()
    {
        IEnumerable<string?> entries = Directory.EnumerateFileSystemEntries(Repository.Root).Select(Path.GetFileName);

        Assert.Empty(entries.Where(name => !name!.StartsWith('.')).Except(RootEntries));
    }

    private static IEnumerable<string> Projects => Repository.Files("*.csproj", [.. Repository.ProductFolders, "tests"]);
}
