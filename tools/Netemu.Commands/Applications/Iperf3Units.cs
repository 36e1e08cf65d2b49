using System;
using System.Globalization;
using Netemu.Core.Time;

namespace Netemu.Commands.Applications;

/// <summary>Numbers as units.c prints them: four places, 1,024 for bytes and 1,000 for bits.</summary>
internal static class Iperf3Units
{
    public static string Bytes(long bytes) => Scale(bytes, 1024, "Byte");

    /// <summary>Bits per second, without the "s/sec".</summary>
    public static string Bits(long bytes, Duration time) =>
        Scale(time.Nanoseconds == 0 ? 0 : bytes * 8m * 1_000_000_000 / time.Nanoseconds, 1000, "bit");

    public static string Seconds(Duration time) => Round(time.Nanoseconds / 1_000_000_000m, "0.00");

    public static string Milliseconds(long nanoseconds) => Round(nanoseconds / 1_000_000m, "0.000").PadLeft(5);

    /// <summary>%.2g of a share in percent.</summary>
    public static string Percent(long part, long whole)
    {
        if (part == 0 || whole == 0)
        {
            return "0";
        }

        decimal percent = 100m * part / whole;
        if (percent >= 100)
        {
            return "1e+02";
        }

        // Two significant digits, without trailing zeros.
        int digits = percent >= 10 ? 0 : percent >= 1 ? 1 : percent >= 0.1m ? 2 : percent >= 0.01m ? 3 : 4;
        return decimal.Round(percent, digits, MidpointRounding.ToEven).ToString("0.####", CultureInfo.InvariantCulture);
    }

    private static string Scale(decimal value, decimal step, string unit)
    {
        ReadOnlySpan<string> prefixes = [string.Empty, "K", "M", "G", "T"];
        int power = 0;
        while (value >= step && power < prefixes.Length - 1)
        {
            value /= step;
            power++;
        }

        string number = Round(value, value < 9.995m ? "0.00" : value < 99.95m ? "0.0" : "0");
        return $"{number,4} {prefixes[power]}{unit}";
    }

    private static string Round(decimal value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
