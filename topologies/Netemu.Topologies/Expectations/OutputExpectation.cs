using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Netemu.Topologies.Expectations;

/// <summary>Expectations about a command's output: a regular expression, or values at paths of its JSON.</summary>
internal static class OutputExpectation
{
    /// <summary>Compares below the top level, where the general rules hold again.</summary>
    public delegate void Comparer(ExpectedValue expected, ObservedValue observed, string path, List<string> differences);

    public static void Compare(
        string key, ExpectedValue expected, string output, string path, List<string> differences, Comparer compare)
    {
        if (key == "matches")
        {
            CompareMatches(expected, output, path, differences);
        }
        else
        {
            CompareJson(expected, output, path, differences, compare);
        }
    }

    /// <summary>
    /// A regular expression as <c>matches</c> reads it: without backtracking, so that none takes longer than its input.
    /// <see cref="ArgumentException"/> or <see cref="NotSupportedException"/> for what is none.
    /// </summary>
    public static Regex Pattern(string text) =>
        new(text, RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static void CompareMatches(ExpectedValue expected, string output, string path, List<string> differences)
    {
        if (expected is ExpectedSequence sequence)
        {
            foreach (ExpectedValue item in sequence.Items)
            {
                CompareMatches(item, output, path, differences);
            }

            return;
        }

        if (expected is not ExpectedScalar pattern)
        {
            differences.Add($"{path}: a regular expression is needed");
            return;
        }

        try
        {
            if (!Pattern(pattern.Text).IsMatch(output))
            {
                differences.Add($"{path}: {new ObservedText(output)} does not match {pattern.Text}");
            }
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            differences.Add($"{path}: '{pattern.Text}' is no regular expression: {error.Message}");
        }
    }

    private static void CompareJson(
        ExpectedValue expected, string output, string path, List<string> differences, Comparer compare)
    {
        ObservedValue root;
        try
        {
            using JsonDocument document = JsonDocument.Parse(output);
            root = ToObserved(document.RootElement);
        }
        catch (JsonException error)
        {
            differences.Add($"{path}: the output is not JSON: {error.Message}");
            return;
        }

        if (expected is not ExpectedMapping paths)
        {
            compare(expected, root, path, differences);
            return;
        }

        foreach ((string steps, ExpectedValue value) in paths.Entries)
        {
            compare(value, Find(root, steps), $"{path}.{steps}", differences);
        }
    }

    /// <summary>The value at a path such as <c>[0].addr_info[1].local</c>, <c>0.ifname</c> or <c>$.peers.10\.0\.0\.1</c>.</summary>
    private static ObservedValue Find(ObservedValue root, string path)
    {
        if (root is ObservedMapping whole && whole[path] is { } direct)
        {
            return direct;
        }

        ObservedValue? value = root;
        foreach (string step in Steps(path))
        {
            value = value switch
            {
                ObservedMapping mapping => mapping[step],
                ObservedList list when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int index) =>
                    index < list.Count ? list[index] : null,
                _ => null,
            };
            if (value is null)
            {
                return ObservedNothing.Instance;
            }
        }

        return value;
    }

    private static IEnumerable<string> Steps(string path)
    {
        string rest = path.StartsWith('$') ? path[1..] : path;
        System.Text.StringBuilder step = new();
        for (int i = 0; i < rest.Length; i++)
        {
            char c = rest[i];
            if (c == '\\' && i + 1 < rest.Length)
            {
                step.Append(rest[++i]);
            }
            else if (c is '.' or '[' or ']')
            {
                if (step.Length > 0)
                {
                    yield return step.ToString();
                    step.Clear();
                }
            }
            else if (c is not ('"' or '\''))
            {
                step.Append(c);
            }
        }

        if (step.Length > 0)
        {
            yield return step.ToString();
        }
    }

    private static ObservedValue ToObserved(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                ObservedMapping mapping = [];
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    if (mapping[property.Name] is null)
                    {
                        mapping.Add(property.Name, ToObserved(property.Value));
                    }
                }

                return mapping;

            case JsonValueKind.Array:
                ObservedList list = [];
                foreach (JsonElement item in element.EnumerateArray())
                {
                    list.Add(ToObserved(item));
                }

                return list;

            case JsonValueKind.Number:
                return element.TryGetInt64(out long number) ? number : element.GetRawText();
            case JsonValueKind.True or JsonValueKind.False:
                return element.GetBoolean();
            case JsonValueKind.String:
                return element.GetString()!;
            default:
                return ObservedNothing.Instance;
        }
    }
}
