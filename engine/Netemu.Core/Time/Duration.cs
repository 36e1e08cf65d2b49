using System;

namespace Netemu.Core.Time;

/// <summary>A span of virtual time in whole nanoseconds (a <see cref="TimeSpan"/> has ticks of 100 ns: too coarse).</summary>
public readonly record struct Duration(long Nanoseconds) : IComparable<Duration>
{
    public static Duration Zero => default;

    public long Microseconds => Nanoseconds / 1_000;

    public long Milliseconds => Nanoseconds / 1_000_000;

    public static implicit operator Duration(TimeSpan span) => new(span.Ticks * 100);

    public static Duration operator +(Duration left, Duration right) => new(left.Nanoseconds + right.Nanoseconds);

    public static Duration operator -(Duration left, Duration right) => new(left.Nanoseconds - right.Nanoseconds);

    public static Duration operator *(Duration duration, long factor) => new(duration.Nanoseconds * factor);

    public static Duration operator /(Duration duration, long divisor) => new(duration.Nanoseconds / divisor);

    public static bool operator <(Duration left, Duration right) => left.Nanoseconds < right.Nanoseconds;

    public static bool operator >(Duration left, Duration right) => left.Nanoseconds > right.Nanoseconds;

    public static bool operator <=(Duration left, Duration right) => left.Nanoseconds <= right.Nanoseconds;

    public static bool operator >=(Duration left, Duration right) => left.Nanoseconds >= right.Nanoseconds;

    public static Duration FromNanoseconds(long value) => new(value);

    public static Duration FromMicroseconds(long value) => new(value * 1_000);

    public static Duration FromMilliseconds(long value) => new(value * 1_000_000);

    public static Duration FromSeconds(long value) => new(value * 1_000_000_000);

    public TimeSpan ToTimeSpan() => new(Nanoseconds / 100);

    public int CompareTo(Duration other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>The largest unit that leaves a whole number: 5ms, 50us, 1500ns.</summary>
    public override string ToString() => Nanoseconds switch
    {
        0 => "0s",
        long n when n % 1_000_000_000 == 0 => $"{n / 1_000_000_000}s",
        long n when n % 1_000_000 == 0 => $"{n / 1_000_000}ms",
        long n when n % 1_000 == 0 => $"{n / 1_000}us",
        long n => $"{n}ns",
    };
}
