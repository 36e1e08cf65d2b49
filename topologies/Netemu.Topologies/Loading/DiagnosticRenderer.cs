using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Netemu.Core.Diagnostics;

namespace Netemu.Topologies.Loading;

/// <summary>
/// Prints findings for people: place, code and message, the line with carets below, and the hint.
/// <code>
/// lab.yaml:14:32: error E1203: link endpoint 'leaf3:eth9' refers to unknown node 'leaf3'
///    14 |   - endpoints: ["spine1:eth1", "leaf3:eth9"]
///       |                                ^^^^^^^^^^^^
///    hint: did you mean 'leaf2'? nodes are declared at lab.yaml:4
/// </code>
/// </summary>
public sealed class DiagnosticRenderer(IReadOnlyDictionary<string, string> sources)
{
    /// <summary>The most findings that are printed; the rest are counted.</summary>
    public const int MostShown = 20;

    private const int LongestExcerpt = 160;
    private const int LongestMessage = 500;
    private const int NumberWidth = 5;

    /// <summary>All findings, errors before warnings, at most <see cref="MostShown"/>.</summary>
    public string Render(IReadOnlyList<Diagnostic> diagnostics)
    {
        StringBuilder text = new();
        int shown = 0;
        foreach (bool warnings in (ReadOnlySpan<bool>)[false, true])
        {
            foreach (Diagnostic diagnostic in diagnostics)
            {
                if ((diagnostic.Severity == DiagnosticSeverity.Warning) == warnings && shown++ < MostShown)
                {
                    Render(diagnostic, text);
                }
            }
        }

        if (shown > MostShown)
        {
            text.Append(CultureInfo.InvariantCulture, $"... and {shown - MostShown} more\n");
        }

        return text.ToString();
    }

    /// <summary>One finding.</summary>
    public string Render(Diagnostic diagnostic)
    {
        StringBuilder text = new();
        Render(diagnostic, text);
        return text.ToString();
    }

    private void Render(Diagnostic diagnostic, StringBuilder text)
    {
        string head = diagnostic.ToString();
        text.Append(head.AsSpan(0, Math.Min(head.Length, LongestMessage))).Append(head.Length > LongestMessage ? "...\n" : "\n");
        AppendExcerpt(diagnostic.Range, text);
        if (diagnostic.Hint is { } hint)
        {
            text.Append("   hint: ").Append(hint).Append('\n');
        }
    }

    private void AppendExcerpt(SourceRange range, StringBuilder text)
    {
        if (range.Line == 0 || !sources.TryGetValue(range.File, out string? source) || LineOf(source, range.Line) is not { } line)
        {
            return;
        }

        // A window of a long line, so that the carets stay in sight.
        int from = range.Column - 1 > LongestExcerpt / 2 && line.Length > LongestExcerpt
            ? Math.Min(range.Column - 1 - (LongestExcerpt / 4), Math.Max(0, line.Length - LongestExcerpt))
            : 0;
        string shown = line.Substring(from, Math.Min(LongestExcerpt, line.Length - from));
        int start = Math.Clamp(range.Column - 1 - from, 0, shown.Length);
        int end = range.EndLine > range.Line ? shown.Length : Math.Min(range.EndColumn - 1 - from, shown.Length);
        text.Append(CultureInfo.InvariantCulture, $"{range.Line,NumberWidth} | ").Append(Printable(shown)).Append('\n')
            .Append(' ', NumberWidth).Append(" | ")
            .Append(Blank(shown.AsSpan(0, start)))
            .Append('^', Math.Max(1, end - start)).Append('\n');
    }

    /// <summary>Control characters must not reach the terminal; a tab keeps its width.</summary>
    private static string Printable(string line) =>
        string.Create(line.Length, line, static (span, text) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                span[i] = char.IsControl(text[i]) && text[i] != '\t' ? '\uFFFD' : text[i];
            }
        });

    private static string Blank(ReadOnlySpan<char> before)
    {
        StringBuilder blank = new();
        foreach (char c in before)
        {
            blank.Append(c == '\t' ? '\t' : ' ');
        }

        return blank.ToString();
    }

    private static string? LineOf(string source, int line)
    {
        int number = 1;
        foreach (ReadOnlySpan<char> candidate in source.AsSpan().EnumerateLines())
        {
            if (number++ == line)
            {
                return candidate.ToString();
            }
        }

        return null;
    }
}
