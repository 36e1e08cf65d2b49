using System;
using System.Collections.Immutable;
using System.Globalization;
using Netemu.Core.Time;
using Netemu.Engine.Queueing;

namespace Netemu.Commands.Traffic;

/// <summary>
/// Quantities in tc's words (lib/utils_math.c, tc/tc_util.c): rates in bits or bytes per second, sizes with binary units,
/// times, percentages, handles.
/// </summary>
internal static class TcUnits
{
    private static readonly ImmutableArray<(string Suffix, decimal Scale)> Rates =
    [
        ("", 1m), ("bit", 1m), ("kibit", 1024m), ("kbit", 1000m), ("mibit", 1_048_576m), ("mbit", 1_000_000m),
        ("gibit", 1_073_741_824m), ("gbit", 1_000_000_000m), ("tibit", 1_099_511_627_776m), ("tbit", 1_000_000_000_000m),
        ("bps", 8m), ("kibps", 8192m), ("kbps", 8000m), ("mibps", 8_388_608m), ("mbps", 8_000_000m),
        ("gibps", 8_589_934_592m), ("gbps", 8_000_000_000m),
    ];

    private static readonly ImmutableArray<(string Suffix, decimal Scale)> Sizes =
    [
        ("", 1m), ("b", 1m), ("k", 1024m), ("kb", 1024m), ("m", 1_048_576m), ("mb", 1_048_576m), ("g", 1_073_741_824m),
        ("gb", 1_073_741_824m), ("kbit", 128m), ("mbit", 131_072m), ("gbit", 134_217_728m),
    ];

    private static readonly ImmutableArray<(string Suffix, decimal Scale)> Times =
    [
        ("", 1_000m), ("s", 1_000_000_000m), ("sec", 1_000_000_000m), ("secs", 1_000_000_000m), ("ms", 1_000_000m),
        ("msec", 1_000_000m), ("msecs", 1_000_000m), ("us", 1_000m), ("usec", 1_000m), ("usecs", 1_000m), ("ns", 1m),
        ("nsec", 1m), ("nsecs", 1m),
    ];

    /// <summary>Bits per second.</summary>
    public static bool TryParseRate(string text, out long bitsPerSecond) => TryScale(text, Rates, out bitsPerSecond);

    /// <summary>Bytes.</summary>
    public static bool TryParseSize(string text, out long bytes) => TryScale(text, Sizes, out bytes);

    /// <summary>A time; microseconds without a unit.</summary>
    public static bool TryParseTime(string text, out Duration time)
    {
        bool ok = TryScale(text, Times, out long nanoseconds);
        time = Duration.FromNanoseconds(nanoseconds);
        return ok;
    }

    /// <summary>0 to 100, with or without the sign, as a 32-bit share.</summary>
    public static bool TryParsePercent(string text, out uint share)
    {
        string number = text.EndsWith('%') ? text[..^1] : text;
        bool ok = decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal percent)
            && percent is >= 0 and <= 100;
        share = ok ? NetemOptions.Share((long)(percent * 1_000_000m), 100_000_000) : 0;
        return ok;
    }

    /// <summary>A discipline's handle: "1:" or "1", hexadecimal.</summary>
    public static bool TryParseHandle(string text, out uint handle)
    {
        string major = text.EndsWith(':') ? text[..^1] : text;
        bool ok = uint.TryParse(major, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint number) && number <= 0xFFFF;
        handle = number << 16;
        return ok;
    }

    /// <summary>A class: "1:10", "1:", ":10", "root" or "none".</summary>
    public static bool TryParseClass(string text, out uint id)
    {
        id = 0;
        if (text is "root" or "none")
        {
            id = text == "root" ? EgressQueue.Root : 0;
            return true;
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string major = colon < 0 ? text : text[..colon];
        string minor = colon < 0 ? string.Empty : text[(colon + 1)..];
        uint low = 0;
        uint high = 0;
        if ((major.Length > 0 && !uint.TryParse(major, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out high))
            || (minor.Length > 0 && !uint.TryParse(minor, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out low))
            || high > 0xFFFF || low > 0xFFFF || (major.Length == 0 && minor.Length == 0))
        {
            return false;
        }

        id = (high << 16) | low;
        return true;
    }

    public static string Handle(uint handle) => $"{handle >> 16:x}:";

    /// <summary>print_tc_classid.</summary>
    public static string Class(uint id) => (id >> 16, id & 0xFFFF) switch
    {
        (0, 0) => "none",
        (0, uint minor) => $":{minor:x}",
        (uint major, 0) => $"{major:x}:",
        (uint major, uint minor) => $"{major:x}:{minor:x}",
    };

    /// <summary>tc_print_rate: the largest decimal unit that leaves a whole number, or one from 1000 on.</summary>
    public static string Rate(long bitsPerSecond)
    {
        string[] units = ["", "K", "M", "G", "T"];
        long rate = bitsPerSecond;
        int i = 0;
        while (i < units.Length - 1 && rate >= 1000 && (rate % 1000 == 0 || rate >= 1_000_000))
        {
            rate /= 1000;
            i++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{rate}{units[i]}bit");
    }

    /// <summary>sprint_size: binary units where they fit closely.</summary>
    public static string Size(long bytes)
    {
        const long Mebi = 1024 * 1024;
        long mega = (bytes + (Mebi / 2)) / Mebi;
        long kilo = (bytes + 512) / 1024;
        return bytes >= Mebi && Math.Abs((mega * Mebi) - bytes) < 1024
            ? $"{General(mega)}Mb"
            : bytes >= 1024 && Math.Abs((kilo * 1024) - bytes) < 16 ? $"{General(kilo)}Kb"
            : string.Create(CultureInfo.InvariantCulture, $"{bytes}b");
    }

    /// <summary>sprint_time64: three digits and a unit.</summary>
    public static string Time(Duration time)
    {
        long ns = time.Nanoseconds;
        return ns switch
        {
            >= 1_000_000_000 => $"{General(ns / 1e9, 3)}s",
            >= 1_000_000 => $"{General(ns / 1e6, 3)}ms",
            >= 1_000 => $"{General(ns / 1e3, 3)}us",
            _ => $"{ns}ns",
        };
    }

    /// <summary>A share in percent, as %g prints it.</summary>
    public static string Percent(uint share) => $"{General(100.0 * share / uint.MaxValue)}%";

    /// <summary>A share as a fraction, for JSON.</summary>
    public static string Fraction(uint share) => General((double)share / uint.MaxValue);

    /// <summary>Seconds, for JSON.</summary>
    public static string Seconds(Duration time) => General(time.Nanoseconds / 1e9);

    /// <summary>C's %g.</summary>
    public static string General(double value, int digits = 6)
    {
        if (value == 0)
        {
            return "0";
        }

        string scientific = value.ToString($"e{digits - 1}", CultureInfo.InvariantCulture);
        int exponent = int.Parse(scientific[(scientific.IndexOf('e', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
        if (exponent >= -4 && exponent < digits)
        {
            string plain = value.ToString($"f{digits - 1 - exponent}", CultureInfo.InvariantCulture);
            return plain.Contains('.', StringComparison.Ordinal) ? plain.TrimEnd('0').TrimEnd('.') : plain;
        }

        string mantissa = scientific[..scientific.IndexOf('e', StringComparison.Ordinal)];
        mantissa = mantissa.Contains('.', StringComparison.Ordinal) ? mantissa.TrimEnd('0').TrimEnd('.') : mantissa;
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):d2}");
    }

    private static bool TryScale(string text, ImmutableArray<(string Suffix, decimal Scale)> units, out long value)
    {
        value = 0;
        int end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
        {
            end++;
        }

        if (end is 0 or > 18 || !decimal.TryParse(text[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
        {
            return false;
        }

        foreach ((string suffix, decimal scale) in units)
        {
            if (text[end..].Equals(suffix, StringComparison.OrdinalIgnoreCase))
            {
                decimal scaled = number * scale;
                value = scaled < long.MaxValue ? (long)scaled : 0;
                return scaled < long.MaxValue;
            }
        }

        return false;
    }
}
