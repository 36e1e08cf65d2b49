using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Topologies.Experiments;

namespace Netemu.Cli.Scale;

/// <summary>
/// An experiment's table as CSV (RFC 4180): the cell, the columns, the hash of the run, failures. Without measured columns
/// two runs of the same cells give the same bytes.
/// </summary>
internal sealed class CsvTable
{
    private readonly List<string> _columns;

    public CsvTable(Experiment experiment, bool measured)
    {
        _columns = [.. experiment.Columns.Where(c => measured || !c.IsMeasured).Select(c => c.Name)];
        Header = string.Join(',', (string[])["cell", .. _columns, "hash", "failures"]);
    }

    public string Header { get; }

    public string Format(ExperimentRow row)
    {
        IEnumerable<string> fields =
        [
            row.Key, .. _columns.Select(c => row[c]), row.Hash.ToString("x16", CultureInfo.InvariantCulture), string.Join("; ", row.Failures),
        ];
        return string.Join(',', fields.Select(Quote));
    }

    /// <summary>Reads rows of cells that are wanted; a row that is cut short is left out. False for another table.</summary>
    public bool TryRead(string text, IReadOnlyList<ExperimentCell> cells, out IReadOnlyList<ExperimentRow> rows)
    {
        List<ExperimentRow> read = [];
        rows = read;
        Dictionary<string, ExperimentCell> wanted = cells.ToDictionary(c => c.Key, StringComparer.Ordinal);
        string[] lines = text.Split('\n');
        if (lines[0].TrimEnd('\r') != Header)
        {
            return false;
        }

        // The last line has no line break if it was being written when the run ended.
        foreach (string line in lines[1..^1])
        {
            List<string> fields = Split(line.TrimEnd('\r'));
            if (fields.Count == _columns.Count + 3 && wanted.Remove(fields[0], out ExperimentCell? cell))
            {
                read.Add(ToRow(cell, fields));
            }
        }

        return true;
    }

    private ExperimentRow ToRow(ExperimentCell cell, List<string> fields)
    {
        ExperimentRow row = new(cell.Index, cell.Key);
        for (int i = 0; i < _columns.Count; i++)
        {
            row[_columns[i]] = fields[i + 1];
        }

        row.Hash = ulong.TryParse(fields[^2], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong hash) ? hash : 0;
        row.Failures.AddRange(fields[^1].Split("; ", StringSplitOptions.RemoveEmptyEntries));
        return row;
    }

    private static string Quote(string field) =>
        field.AsSpan().IndexOfAny(",\"\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static List<string> Split(string line)
    {
        List<string> fields = [];
        StringBuilder field = new();
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append(line[i++]);
            }
            else if (line[i] == '"')
            {
                quoted = !quoted;
            }
            else if (line[i] == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(line[i]);
            }
        }

        fields.Add(field.ToString());
        return fields;
    }
}
