using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Text.Json;
using Netemu.Topologies.Results;

namespace Netemu.Cli.Commands;

/// <summary><c>netemu diff A.json B.json</c>: what differs between two results that <c>--json</c> has written.</summary>
internal static class DiffCommand
{
    /// <summary>What differs between any two runs.</summary>
    private static readonly string[] s_ignored = ["wallTime", "wallSeconds", "peakBytes"];

    public static Command Build(Terminal terminal)
    {
        Argument<string> left = new("A") { Description = "A result as JSON" };
        Argument<string> right = new("B") { Description = "Another one" };
        Command command = new("diff", "Tells what differs between two results; wall time is left out. Exit code 1 if anything does.") { left, right };
        command.SetAction(parsed =>
        {
            string file = string.Empty;
            try
            {
                using JsonDocument a = JsonDocument.Parse(File.ReadAllText(file = parsed.GetRequiredValue(left)));
                using JsonDocument b = JsonDocument.Parse(File.ReadAllText(file = parsed.GetRequiredValue(right)));
                List<string> differences = [];
                Compare(string.Empty, a.RootElement, b.RootElement, differences);
                differences.ForEach(terminal.OutputWriter.WriteLine);
                return (int)(differences.Count == 0 ? ExitCode.Success : ExitCode.ExpectationFailed);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
            {
                terminal.Error.WriteLine(
                    failure is JsonException json
                        ? $"{file}:{json.LineNumber + 1}:{json.BytePositionInLine + 1}: error: this is no result that --json or --out has written"
                        : $"netemu: cannot read '{file}': {failure.Message}");
                return (int)ExitCode.InvalidInput;
            }
        });
        return command;
    }

    private static void Compare(string path, JsonElement left, JsonElement right, List<string> differences)
    {
        if (left.ValueKind == JsonValueKind.Object && right.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in left.EnumerateObject())
            {
                string inner = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
                if (Array.IndexOf(s_ignored, property.Name) >= 0)
                {
                    continue;
                }

                if (right.TryGetProperty(property.Name, out JsonElement other))
                {
                    Compare(inner, property.Value, other, differences);
                }
                else
                {
                    differences.Add($"{inner}: {Text(property.Value)} -> nothing");
                }
            }

            foreach (JsonProperty property in right.EnumerateObject())
            {
                if (!left.TryGetProperty(property.Name, out _) && Array.IndexOf(s_ignored, property.Name) < 0)
                {
                    differences.Add($"{(path.Length == 0 ? property.Name : $"{path}.{property.Name}")}: nothing -> {Text(property.Value)}");
                }
            }
        }
        else if (left.ValueKind == JsonValueKind.Array && right.ValueKind == JsonValueKind.Array)
        {
            CompareLists(path, left, right, differences);
        }
        else if (left.GetRawText() != right.GetRawText())
        {
            differences.Add($"{path}: {Text(left)} -> {Text(right)}");
        }
    }

    private static void CompareLists(string path, JsonElement left, JsonElement right, List<string> differences)
    {
        int shared = Math.Min(left.GetArrayLength(), right.GetArrayLength());
        for (int i = 0; i < shared; i++)
        {
            Compare($"{path}[{i}]", left[i], right[i], differences);
        }

        for (int i = shared; i < left.GetArrayLength(); i++)
        {
            differences.Add($"{path}[{i}]: {Text(left[i])} -> nothing");
        }

        for (int i = shared; i < right.GetArrayLength(); i++)
        {
            differences.Add($"{path}[{i}]: nothing -> {Text(right[i])}");
        }
    }

    /// <summary>A value on one line, cut where it is long.</summary>
    private static string Text(JsonElement value)
    {
        const int Longest = 120;
        string text = value.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= Longest ? text : text[..Longest] + "...";
    }
}
