using System;
using System.Collections.Immutable;
using System.Globalization;
using Netemu.Core.Time;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading;

/// <summary>Numbers with units, read exactly: digits, an optional fraction and a unit, without floating point.</summary>
public static class Quantity
{
    private static readonly ImmutableArray<(string Unit, long Factor)> DurationUnits =
    [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("sec", 1_000_000_000),
        ("min", 60_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ];

    private static readonly ImmutableArray<(string Unit, long Factor)> RateUnits =
    [
        ("bit", 1), ("kbit", 1_000), ("mbit", 1_000_000), ("gbit", 1_000_000_000), ("tbit", 1_000_000_000_000),
        ("kibit", 1L << 10), ("mibit", 1L << 20), ("gibit", 1L << 30),
    ];

    private static readonly ImmutableArray<(string Unit, long Factor)> SizeUnits =
    [
        ("b", 1), ("kb", 1_000), ("mb", 1_000_000), ("gb", 1_000_000_000),
        ("kib", 1L << 10), ("mib", 1L << 20), ("gib", 1L << 30),
    ];

    private static readonly ImmutableArray<(string Unit, long Factor)> PercentUnits = [("%", 10_000)];

    /// <summary>50us, 1.5s, 1m30s; a bare 0 needs no unit.</summary>
    public static QuantityError TryParseDuration(ReadOnlySpan<char> text, out Duration value)
    {
        value = default;
        long total = 0;
        bool any = false;
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            int end = EndOfNumber(rest);
            int unitEnd = end < rest.Length && rest[end] == ' ' ? end + 1 : end;
            while (unitEnd < rest.Length && (char.IsLetter(rest[unitEnd]) || rest[unitEnd] == 'µ'))
            {
                unitEnd++;
            }

            QuantityError error = TryParse(rest[..unitEnd], DurationUnits, out long part);
            if (error != QuantityError.None)
            {
                return error;
            }

            if (part > long.MaxValue - total)
            {
                return QuantityError.TooLarge;
            }

            total += part;
            any = true;
            rest = rest[unitEnd..];
        }

        value = new Duration(total);
        return any ? QuantityError.None : QuantityError.Malformed;
    }

    /// <summary>10gbit, 1.5mbit, 64kibit; forms with bps are refused: tc means bytes by them, everybody else bits.</summary>
    public static QuantityError TryParseRate(ReadOnlySpan<char> text, out BitRate value)
    {
        value = default;
        if (text.EndsWith("bps", StringComparison.OrdinalIgnoreCase) || text.EndsWith("b/s", StringComparison.OrdinalIgnoreCase))
        {
            return QuantityError.Ambiguous;
        }

        QuantityError error = TryParse(text, RateUnits, out long bits);
        value = new BitRate(bits);
        return error;
    }

    /// <summary>1500, 64KiB, 10kB: bytes.</summary>
    public static QuantityError TryParseSize(ReadOnlySpan<char> text, out long bytes) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bytes)
            ? QuantityError.None
            : TryParse(text, SizeUnits, out bytes);

    /// <summary>0.1%, 25%: at most 100%, at least a millionth.</summary>
    public static QuantityError TryParseProbability(ReadOnlySpan<char> text, out Probability value)
    {
        QuantityError error = TryParse(text, PercentUnits, out long parts);
        if (error == QuantityError.None && parts > 1_000_000)
        {
            error = QuantityError.TooLarge;
        }

        value = error == QuantityError.None ? new Probability((int)parts) : default;
        return error;
    }

    private static QuantityError TryParse(ReadOnlySpan<char> text, ImmutableArray<(string Unit, long Factor)> units, out long value)
    {
        value = 0;
        int end = EndOfNumber(text);
        ReadOnlySpan<char> number = text[..end];
        ReadOnlySpan<char> unit = text[end..].Trim();
        if (number.IsEmpty || number[0] == '.' || number[^1] == '.')
        {
            return QuantityError.Malformed;
        }

        if (unit.IsEmpty)
        {
            return number is "0" ? QuantityError.None : QuantityError.NoUnit;
        }

        foreach ((string name, long factor) in units)
        {
            if (unit.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return Scale(number, factor, out value);
            }
        }

        return QuantityError.UnknownUnit;
    }

    private static int EndOfNumber(ReadOnlySpan<char> text)
    {
        int end = 0;
        bool point = false;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || (text[end] == '.' && !point)))
        {
            point |= text[end] == '.';
            end++;
        }

        return end;
    }

    private static QuantityError Scale(ReadOnlySpan<char> number, long factor, out long value)
    {
        value = 0;
        int point = number.IndexOf('.');
        ReadOnlySpan<char> whole = point < 0 ? number : number[..point];
        ReadOnlySpan<char> fraction = point < 0 ? [] : number[(point + 1)..].TrimEnd('0');
        if (!long.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out long units) || fraction.Length > 12)
        {
            return whole.Length > 18 ? QuantityError.TooLarge : QuantityError.TooFine;
        }

        Int128 numerator = units;
        Int128 denominator = 1;
        foreach (char digit in fraction)
        {
            numerator = (numerator * 10) + (digit - '0');
            denominator *= 10;
        }

        numerator *= factor;
        if (numerator % denominator != 0)
        {
            return QuantityError.TooFine;
        }

        numerator /= denominator;
        value = numerator > long.MaxValue ? 0 : (long)numerator;
        return numerator > long.MaxValue ? QuantityError.TooLarge : QuantityError.None;
    }
}
