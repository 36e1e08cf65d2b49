using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Netemu.Cli.ClusterCommands;

/// <summary>A table with a frame, as calicoctl prints for `node status` and `ipam show` (go-pretty's default style).</summary>
internal sealed class BoxTable(params string[] header)
{
    private readonly List<string[]> _rows = [header];

    /// <summary>The columns whose cells stand to the right.</summary>
    public IReadOnlyList<string> RightAligned { get; init; } = [];

    public int Rows => _rows.Count - 1;

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        int[] widths = [.. Enumerable.Range(0, header.Length).Select(column => _rows.Max(row => row[column].Length))];
        string rule = $"+{string.Join('+', widths.Select(width => new string('-', width + 2)))}+\n";
        StringBuilder text = new(rule);
        for (int i = 0; i < _rows.Count; i++)
        {
            text.Append('|');
            for (int column = 0; column < widths.Length; column++)
            {
                bool isRight = i > 0 && RightAligned.Contains(header[column], StringComparer.Ordinal);
                string cell = _rows[i][column];
                text.Append(' ').Append(isRight ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column])).Append(" |");
            }

            text.Append('\n').Append(i == 0 ? rule : string.Empty);
        }

        return text.Append(_rows.Count > 1 ? rule : string.Empty).ToString();
    }
}
