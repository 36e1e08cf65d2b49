using System;
using Netemu.Core.Time;

namespace Netemu.Engine.Pcapng;

/// <summary>How an interface counts time: the unit of if_tsresol, and the seconds of if_tsoffset.</summary>
/// <param name="Resolution">Bit 7 clear: units of 10^-n seconds; set: of 2^-n.</param>
/// <param name="OffsetSeconds">Added to every timestamp.</param>
internal readonly record struct TimestampScale(byte Resolution, long OffsetSeconds)
{
    private const byte PowerOfTwo = 0x80;
    private const ulong NanosecondsPerSecond = 1_000_000_000;
    private const int NanosecondDigits = 9;

    /// <summary>The largest power of ten that a 64-bit count can hold.</summary>
    private const int LargestPower = 19;

    /// <summary>Microseconds, when the interface says nothing.</summary>
    public static TimestampScale Default => new(6, 0);

    public static TimestampScale Nanoseconds => new(9, 0);

    /// <summary>The instant of <paramref name="units"/>, rounded down to a nanosecond; false where there is none.</summary>
    public bool TryConvert(ulong units, out SimTime time)
    {
        int exponent = Resolution & ~PowerOfTwo;
        UInt128 nanoseconds;
        if ((Resolution & PowerOfTwo) != 0)
        {
            nanoseconds = ((UInt128)units * NanosecondsPerSecond) >> exponent;
        }
        else if (exponent <= NanosecondDigits)
        {
            nanoseconds = (UInt128)units * PowerOfTen(NanosecondDigits - exponent);
        }
        else
        {
            int digits = exponent - NanosecondDigits;
            nanoseconds = digits > LargestPower ? 0 : units / PowerOfTen(digits);
        }

        Int128 total = (Int128)nanoseconds + ((Int128)OffsetSeconds * NanosecondsPerSecond);
        bool fits = total >= 0 && total < long.MaxValue;
        time = fits ? new SimTime((long)total) : default;
        return fits;
    }

    private static ulong PowerOfTen(int exponent)
    {
        ulong power = 1;
        for (int i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }
}
