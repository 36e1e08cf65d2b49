using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Netemu.Architecture.Tests;

/// <summary>The checked-out repository: its root, its projects and its sources.</summary>
internal static class Repository
{
    private const string Solution = "Netemu.sln";

    public static string Root { get; } = FindRoot();

    /// <summary>The folders that hold what is shipped; the tests are apart.</summary>
    public static IReadOnlyList<string> ProductFolders { get; } = ["engine", "bgp", "felix", "topologies", "tools"];

    public static string ReadSolution() => File.ReadAllText(Path.Combine(Root, Solution));

    /// <summary>Every file below <paramref name="folders"/> that no build made, relative to the root, with slashes.</summary>
    public static IEnumerable<string> Files(string pattern, params IEnumerable<string> folders) =>
        from folder in folders
        from file in Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Root, file).Replace('\\', '/')
        where !path.Split('/').Any(part => part is "bin" or "obj" or "BenchmarkDotNet.Artifacts" or "TestResults")
        orderby path
        select path;

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static string[] ReadLines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, Solution)))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"no {Solution} above {AppContext.BaseDirectory}");
    }
}
