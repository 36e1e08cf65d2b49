using System;
using System.Globalization;
using Netemu.Core.Time;

namespace Netemu.Calico.Binding;

/// <summary>Durations as Go's time.ParseDuration reads them, whole numbers only; a bare number is seconds.</summary>
internal static class GoDuration
{
    public static bool TryParse(string text, out Duration duration)
    {
        duration = default;
        ReadOnlySpan<char> rest = text;
        if (long.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
        {
            duration = Duration.FromSeconds(Math.Min(seconds, 1_000_000_000));
            return true;
        }

        long total = 0;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits is <= 0 or > 9)
            {
                return false;
            }

            long value = long.Parse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
            rest = rest[digits..];
            int letters = rest.IndexOfAnyInRange('0', '9');
            ReadOnlySpan<char> unit = letters < 0 ? rest : rest[..letters];
            long factor = unit switch
            {
                "ns" => 1,
                "us" => 1_000,
                "ms" => 1_000_000,
                "s" => 1_000_000_000,
                "m" => 60_000_000_000,
                "h" => 3_600_000_000_000,
                _ => 0,
            };
            if (factor == 0 || value > (long.MaxValue - total) / factor)
            {
                return false;
            }

            total += value * factor;
            rest = rest[unit.Length..];
        }

        duration = new Duration(total);
        return text.Length > 0;
    }
}
