using System;
using System.Globalization;

namespace Netemu.Engine.Linux;

/// <summary>How many seconds of virtual time a second of the wall clock is, in millionths.</summary>
public readonly record struct RealTimeSpeed(long Millionths)
{
    private const long One = 1_000_000;
    private const int Digits = 6;

    public static RealTimeSpeed Normal => new(One);

    /// <summary>Reads 1, 0.5, 10, 2.5x: between a millionth and a thousand.</summary>
    public static bool TryParse(string text, out RealTimeSpeed speed)
    {
        speed = Normal;
        ReadOnlySpan<char> rest = text.AsSpan().TrimEnd('x');
        int point = rest.IndexOf('.');
        ReadOnlySpan<char> whole = point < 0 ? rest : rest[..point];
        ReadOnlySpan<char> fraction = point < 0 ? "0" : rest[(point + 1)..];
        if (fraction.Length is 0 or > Digits
            || !long.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out long units)
            || !long.TryParse(fraction.ToString().PadRight(Digits, '0'), NumberStyles.None, CultureInfo.InvariantCulture, out long millionths)
            || units > 1000)
        {
            return false;
        }

        speed = new RealTimeSpeed((units * One) + millionths);
        return speed.Millionths > 0;
    }

    /// <summary>The virtual nanoseconds of so many of the wall.</summary>
    public long ToVirtual(long wall) => (long)((Int128)wall * Millionths / One);

    /// <summary>The wall's nanoseconds of so many virtual ones, rounded up: never early.</summary>
    public long ToWall(long time) => (long)((((Int128)time * One) + Millionths - 1) / Millionths);
}
