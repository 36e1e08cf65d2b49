using System;
using System.Collections.Generic;
using System.Text;

namespace Netemu.Cli.ClusterCommands;

/// <summary>Columns as kubectl and calicoctl print them: left-aligned, three blanks between, no blank at the end.</summary>
internal sealed class TextTable(params string[] header)
{
    private const int Gap = 3;

    private readonly List<string[]> _rows = [header];

    public int Rows => _rows.Count - 1;

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString() => ToString(true);

    /// <summary>The table with its header, or the rows alone, in the columns that they have with it.</summary>
    public string ToString(bool withHeader)
    {
        int[] widths = new int[header.Length];
        foreach (string[] row in _rows)
        {
            for (int i = 0; i < widths.Length; i++)
            {
                widths[i] = Math.Max(widths[i], row[i].Length);
            }
        }

        StringBuilder text = new();
        foreach (string[] row in withHeader ? _rows : _rows[1..])
        {
            StringBuilder line = new();
            for (int i = 0; i < widths.Length; i++)
            {
                line.Append(row[i].PadRight(widths[i] + Gap));
            }

            text.Append(line.ToString().TrimEnd()).Append('\n');
        }

        return text.ToString();
    }
}
