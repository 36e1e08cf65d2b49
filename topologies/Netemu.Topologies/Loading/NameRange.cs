using System;
using System.Collections.Generic;
using System.Globalization;

namespace Netemu.Topologies.Loading;

/// <summary>
/// A name with at most one range: <c>h[1-1000]</c>, <c>leaf[01-16]</c> (two digits everywhere), <c>r[1,3,5-9]:eth0</c>.
/// </summary>
internal sealed class NameRange
{
    /// <summary>The most names that one range may stand for.</summary>
    public const int Limit = 1_000_000;

    private readonly string _before;
    private readonly string _after;
    private readonly int _digits;
    private readonly List<(int First, int Last)> _parts;

    private NameRange(string before, string after, int digits, List<(int First, int Last)> parts)
    {
        _before = before;
        _after = after;
        _digits = digits;
        _parts = parts;
        foreach ((int first, int last) in parts)
        {
            Count += last - first + 1;
        }
    }

    public int Count { get; }

    /// <summary>Whether the text holds a bracket, so that it must be a range.</summary>
    public static bool IsRange(string text) => text.Contains('[', StringComparison.Ordinal);

    /// <summary>Parses a name with a range; false where the brackets hold none.</summary>
    public static bool TryParse(string text, out NameRange? range)
    {
        range = null;
        int open = text.IndexOf('[', StringComparison.Ordinal);
        int close = text.IndexOf(']', StringComparison.Ordinal);
        if (open < 0 || close < open || text.LastIndexOf('[') != open || text.LastIndexOf(']') != close)
        {
            return false;
        }

        List<(int First, int Last)> parts = [];
        int digits = 0;
        long count = 0;
        foreach (string part in text[(open + 1)..close].Split(','))
        {
            int dash = part.IndexOf('-', StringComparison.Ordinal);
            string low = dash < 0 ? part : part[..dash];
            string high = dash < 0 ? part : part[(dash + 1)..];
            if (!TryParseNumber(low, out int first) || !TryParseNumber(high, out int last) || last < first)
            {
                return false;
            }

            digits = low.Length > 1 && low[0] == '0' ? Math.Max(digits, low.Length) : digits;
            count += last - first + 1L;
            parts.Add((first, last));
        }

        if (count > Limit)
        {
            return false;
        }

        range = new NameRange(text[..open], text[(close + 1)..], digits, parts);
        return true;
    }

    /// <summary>The number at a position of the range, from 0.</summary>
    public int NumberAt(int position)
    {
        foreach ((int first, int last) in _parts)
        {
            int length = last - first + 1;
            if (position < length)
            {
                return first + position;
            }

            position -= length;
        }

        throw new ArgumentOutOfRangeException(nameof(position));
    }

    /// <summary>The whole name with a number in the place of the brackets.</summary>
    public string NameAt(int position) =>
        _before + NumberAt(position).ToString(CultureInfo.InvariantCulture).PadLeft(_digits, '0') + _after;

    private static bool TryParseNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < int.MaxValue;
}
