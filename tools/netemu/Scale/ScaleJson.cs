using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using Netemu.Topologies.Experiments;

namespace Netemu.Cli.Scale;

/// <summary>A report as one JSON document: numbers as numbers, what has no value left out.</summary>
internal static class ScaleJson
{
    public static void Write(Stream output, ScaleReport report)
    {
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("schema", "netemu/v1");
        writer.WriteString("kind", "Scale");
        writer.WriteString("experiment", report.Experiment.Name);
        writer.WriteString("command", report.Command);
        writer.WriteBoolean("complete", !report.Outcome.IsInterrupted);
        writer.WriteNumber("wallSeconds", System.Math.Round(report.Outcome.Wall.TotalSeconds, 3));
        writer.WriteStartArray("rows");
        foreach (ExperimentRow row in report.Rows)
        {
            WriteRow(writer, report.Experiment, row);
        }

        writer.WriteEndArray();
        WriteList(writer, "findings", [.. report.Conclusion.Findings]);
        WriteList(writer, "failures", [.. report.Failures]);
        writer.WriteEndObject();
    }

    private static void WriteRow(Utf8JsonWriter writer, Experiment experiment, ExperimentRow row)
    {
        writer.WriteStartObject();
        writer.WriteString("cell", row.Key);
        foreach (string column in experiment.Columns.Select(c => c.Name).Where(c => row[c].Length > 0))
        {
            if (long.TryParse(row[column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
            {
                writer.WriteNumber(column, whole);
            }
            else if (row.Number(column) is { } number)
            {
                writer.WriteNumber(column, number);
            }
            else
            {
                writer.WriteString(column, row[column]);
            }
        }

        writer.WriteString("hash", row.Hash.ToString("x16", CultureInfo.InvariantCulture));
        WriteList(writer, "failures", [.. row.Failures]);
        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, string name, string[] texts)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}
