using System;
using System.Globalization;

namespace Netemu.Topologies.Model;

/// <summary>A rate in whole bits per second, as on the wire (decimal: 1 kbit is 1,000 bit).</summary>
public readonly record struct BitRate(long BitsPerSecond) : IComparable<BitRate>
{
    public int CompareTo(BitRate other) => BitsPerSecond.CompareTo(other.BitsPerSecond);

    /// <summary>The largest unit that leaves a whole number, in tc's words: 10gbit, 1500kbit.</summary>
    public override string ToString() => BitsPerSecond switch
    {
        0 => "0bit",
        long n when n % 1_000_000_000 == 0 => string.Create(CultureInfo.InvariantCulture, $"{n / 1_000_000_000}gbit"),
        long n when n % 1_000_000 == 0 => string.Create(CultureInfo.InvariantCulture, $"{n / 1_000_000}mbit"),
        long n when n % 1_000 == 0 => string.Create(CultureInfo.InvariantCulture, $"{n / 1_000}kbit"),
        long n => string.Create(CultureInfo.InvariantCulture, $"{n}bit"),
    };
}
