using System;
using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Yaml;

/// <summary>What is checked on a file's characters before they are parsed, and hints that need the text of a line.</summary>
internal static class YamlText
{
    /// <summary>Whether the text is short enough and made of YAML's characters only (1.2 section 5.1).</summary>
    public static bool Check(string text, string file, DiagnosticBag diagnostics)
    {
        if (text.Length > YamlLimits.Characters)
        {
            SourceRange start = new(file, 1, 1, 1, 1);
            diagnostics.Error(
                YamlCode.Limit, $"the file has {text.Length} characters, the limit is {YamlLimits.Characters}", start);
            return false;
        }

        int bad = FirstForbidden(text);
        if (bad < 0)
        {
            return true;
        }

        SourceRange range = RangeAt(text, file, bad);
        diagnostics.Error(
            YamlCode.Binary,
            $"character U+{(int)text[bad]:X4} cannot stand in YAML",
            range,
            "is this a binary file, or one that is not UTF-8?");
        return false;
    }

    /// <summary>The line (from 1) of the text, without its end; empty where there is none.</summary>
    private static ReadOnlySpan<char> Line(string text, int line)
    {
        int number = 1;
        foreach (ReadOnlySpan<char> candidate in text.AsSpan().EnumerateLines())
        {
            if (number++ == line)
            {
                return candidate;
            }
        }

        return default;
    }

    /// <summary>
    /// The place and hint of a syntax error. YamlDotNet reports a tab in the indentation at the start of the mapping around
    /// it: the tab's own place is better.
    /// </summary>
    public static (SourceRange Range, string? Hint) PlaceSyntaxError(string text, string message, SourceRange range)
    {
        bool aboutTab = message.Contains("tab", StringComparison.Ordinal);
        int last = aboutTab ? int.MaxValue : Math.Max(range.Line, range.EndLine) + 1;
        int line = 0;
        foreach (ReadOnlySpan<char> content in text.AsSpan().EnumerateLines())
        {
            if (++line > last)
            {
                break;
            }

            int tab = line < range.Line ? -1 : Indentation(content).IndexOf('\t');
            if (tab >= 0)
            {
                return (new SourceRange(range.File, line, tab + 1, line, tab + 2), "indent with spaces: a tab cannot indent YAML");
            }
        }

        return (range, SyntaxHint(Line(text, range.Line)));
    }

    private static ReadOnlySpan<char> Indentation(ReadOnlySpan<char> line) => line[..(line.Length - line.TrimStart().Length)];

    /// <summary>What people usually meant where a line does not parse.</summary>
    private static string? SyntaxHint(ReadOnlySpan<char> line)
    {
        if (line.Contains("{{", StringComparison.Ordinal))
        {
            return "quote the value, or render the template first: '{{' starts a mapping in YAML";
        }

        if (line.Contains(": !", StringComparison.Ordinal))
        {
            return "quote a value that starts with '!': unquoted it is a tag";
        }

        if (line.Contains(": @", StringComparison.Ordinal) || line.Contains(": `", StringComparison.Ordinal)
            || line.Contains(": %", StringComparison.Ordinal) || line.Contains(": *", StringComparison.Ordinal))
        {
            return "quote a value that starts with '@', '`', '%' or '*'";
        }

        return line.Contains("${", StringComparison.Ordinal) ? "quote '${...}' in flow style" : null;
    }

    private static int FirstForbidden(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is >= ' ' and <= '~' or '\n')
            {
                continue;
            }

            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
                continue;
            }

            // U+FFFD is what a decoder leaves where the bytes were not UTF-8.
            bool allowed = c is '\t' or '\r' or '\u0085' or (>= '\u00A0' and <= '\uD7FF') or (>= '\uE000' and < '\uFFFD');
            if (!allowed)
            {
                return i;
            }
        }

        return -1;
    }

    private static SourceRange RangeAt(string text, string file, int position)
    {
        ReadOnlySpan<char> before = text.AsSpan(0, position);
        int line = before.Count('\n') + 1;
        int column = position - before.LastIndexOf('\n');
        return new SourceRange(file, line, column, line, column + 1);
    }
}
