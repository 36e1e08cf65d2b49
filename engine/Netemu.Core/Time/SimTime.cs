using System;

namespace Netemu.Core.Time;

/// <summary>An instant of virtual time: whole nanoseconds since the start of the run.</summary>
public readonly record struct SimTime(long Nanoseconds) : IComparable<SimTime>
{
    public static SimTime Zero => default;

    /// <summary>Later than every instant that a run can reach.</summary>
    public static SimTime Never => new(long.MaxValue);

    public static bool operator <(SimTime left, SimTime right) => left.Nanoseconds < right.Nanoseconds;

    public static bool operator >(SimTime left, SimTime right) => left.Nanoseconds > right.Nanoseconds;

    public static bool operator <=(SimTime left, SimTime right) => left.Nanoseconds <= right.Nanoseconds;

    public static bool operator >=(SimTime left, SimTime right) => left.Nanoseconds >= right.Nanoseconds;

    public static SimTime operator +(SimTime time, Duration duration) => new(time.Nanoseconds + duration.Nanoseconds);

    public static SimTime operator -(SimTime time, Duration duration) => new(time.Nanoseconds - duration.Nanoseconds);

    public static Duration operator -(SimTime left, SimTime right) => new(left.Nanoseconds - right.Nanoseconds);

    public int CompareTo(SimTime other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>Seconds with nine digits, as Wireshark shows them.</summary>
    public override string ToString() =>
        Nanoseconds == long.MaxValue ? "never" : $"{Nanoseconds / 1_000_000_000}.{Nanoseconds % 1_000_000_000:d9}";
}
