using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Topologies.Experiments;

namespace Netemu.Cli.Scale;

/// <summary>A report for people: the columns that have values, right-aligned, then findings and failures.</summary>
internal static class TextTable
{
    /// <summary>Columns that a terminal has room for; the others stand in CSV, JSON and HTML.</summary>
    private const int MostColumns = 14;

    public static string Render(ScaleReport report)
    {
        StringBuilder text = new();
        List<string> columns =
        [
            .. report.Experiment.Columns.Select(c => c.Name).Where(c => report.Rows.Any(r => r[c].Length > 0)),
        ];
        List<string> shown = [.. columns.Take(MostColumns)];
        int[] widths = [.. shown.Select(c => report.Rows.Select(r => r[c].Length).Append(c.Length).Max())];
        AppendLine(text, shown, widths);
        foreach (ExperimentRow row in report.Rows)
        {
            AppendLine(text, [.. shown.Select(c => row[c])], widths);
        }

        if (columns.Count > shown.Count)
        {
            text.Append(CultureInfo.InvariantCulture, $"(and {string.Join(", ", columns.Skip(MostColumns))}: see --json, --csv or --html)\n");
        }

        foreach (string finding in report.Conclusion.Findings)
        {
            text.Append(finding).Append('\n');
        }

        foreach (string failure in report.Failures)
        {
            text.Append("FAILED ").Append(failure).Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"{report.Rows.Count}/{report.Outcome.Cells} cells, {report.Outcome.Wall.TotalSeconds:0.0} s wall, ");
        text.Append(report.HasFailures ? "FAILED\n" : "all as it must be\n");
        return text.ToString();
    }

    private static void AppendLine(StringBuilder text, List<string> fields, int[] widths)
    {
        for (int i = 0; i < fields.Count; i++)
        {
            text.Append(i == 0 ? string.Empty : "  ").Append(fields[i].PadLeft(widths[i]));
        }

        text.Append('\n');
    }
}
