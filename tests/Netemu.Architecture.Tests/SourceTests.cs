using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Netemu.Architecture.Tests;

/// <summary>Rules for files that only the sources show.</summary>
public sealed partial class SourceTests
{
    private const int LongestFile = 800;

    [Fact]
    public void A_file_has_one_public_type_and_its_name() => AssertNone(ProductSources, (path, lines) =>
    {
        string[] types = [.. lines.Select(line => TopLevelType().Match(line)).Where(match => match.Success)
            .Where(match => match.Groups["access"].Value == "public").Select(match => match.Groups["name"].Value)];
        string name = Path.GetFileNameWithoutExtension(path).Split('.')[0];
        return types.Length == 0 || (types.Length == 1 && types[0] == name) ? null : $"{path}: {string.Join(", ", types)}";
    });

    [Fact]
    public void A_namespace_is_its_folder() => AssertNone(ProductSources.Concat(TestSources), (path, lines) =>
    {
        string? declared = lines.Select(line => Namespace().Match(line)).FirstOrDefault(match => match.Success)?.Groups["name"].Value;
        string folder = string.Join('.', Path.GetDirectoryName(path)!.Split('/', '\\').Skip(1));
        bool isTopLevelProgram = declared is null && Path.GetFileName(path) == "Program.cs";

        // The command line's assembly has the command's name, which no namespace of .NET would have.
        string expected = folder.StartsWith("netemu", StringComparison.Ordinal) ? $"Netemu.Cli{folder["netemu".Length..]}" : folder;
        return declared == expected || isTopLevelProgram ? null : $"{path}: {declared}";
    });

    [Fact]
    public void A_type_with_a_file_of_its_own_says_what_it_is() => AssertNone(ProductSources, (path, lines) =>
    {
        string name = Path.GetFileNameWithoutExtension(path).Split('.')[0];
        for (int i = 0; i < lines.Length; i++)
        {
            Match type = TopLevelType().Match(lines[i]);
            if (type.Success && type.Groups["name"].Value == name && !IsDocumented(lines, i))
            {
                return $"{path}:{i + 1}";
            }
        }

        return null;
    });

    [Fact]
    public void No_file_is_longer_than_one_idea() => AssertNone(ProductSources, (path, lines) =>
        lines.Length <= LongestFile ? null : $"{path}: {lines.Length} lines");

    [Fact]
    public void No_file_names_a_place_of_one_machine() => AssertNone(TextFiles, (path, lines) =>
        lines.Any(line => MachinePath().IsMatch(line)) ? path : null);

    [Fact]
    public void No_file_puts_work_off() => AssertNone(ProductSources, (path, lines) =>
        lines.Any(line => PutOff().IsMatch(line)) ? path : null);

    [Fact]
    public void Every_file_ends_its_lines_as_Unix_does() => AssertNone(TextFiles, (path, _) =>
        Repository.Read(path).Contains('\r', StringComparison.Ordinal) ? path : null);

    private static IEnumerable<string> ProductSources => Repository.Files("*.cs", Repository.ProductFolders);

    private static IEnumerable<string> TestSources => Repository.Files("*.cs", "tests");

    private static IEnumerable<string> TextFiles =>
        from pattern in new[] { "*.cs", "*.csproj", "*.props", "*.yaml", "*.md", "*.sh", "*.py", "packages.lock.json" }
        from path in Repository.Files(pattern, [.. Repository.ProductFolders, "tests"])
        where Path.GetFileName(path) != "SourceTests.cs" && !path.Contains("/fixtures/", StringComparison.Ordinal)
        select path;

    private static void AssertNone(IEnumerable<string> paths, Func<string, string[], string?> finding) =>
        Assert.Empty(paths.Select(path => finding(path, Repository.ReadLines(path))).OfType<string>());

    /// <summary>The lines above a type, its attributes apart, end a summary or a partial type's content.</summary>
    private static bool IsDocumented(string[] lines, int index)
    {
        while (index > 0 && (lines[index - 1].StartsWith('[') || lines[index - 1].StartsWith("    ", StringComparison.Ordinal)))
        {
            index--;
        }

        return index > 0 && lines[index - 1].StartsWith("///", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^(?<access>public|internal)\s+((static|sealed|abstract|readonly|partial|ref|unsafe)\s+)*"
        + @"(class|struct|interface|enum|record(\s+(class|struct))?|delegate\s+\S+)\s+(?<name>\w+)")]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"(/home/|/root/|/Users/|/work/|\b[A-Z]:\\)")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|HACK)\b")]
    private static partial Regex PutOff();
}
