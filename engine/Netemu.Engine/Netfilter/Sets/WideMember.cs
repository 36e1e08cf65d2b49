using System;

namespace Netemu.Engine.Netfilter.Sets;

/// <summary>A member of any type: two addresses, and lengths, protocol and port in the selectors, which are never zero.</summary>
internal readonly struct WideMember(ulong high, ulong low, ulong secondHigh, ulong secondLow, ulong selectors)
    : IEquatable<WideMember>
{
    public readonly ulong High = high;
    public readonly ulong Low = low;
    public readonly ulong SecondHigh = secondHigh;
    public readonly ulong SecondLow = secondLow;
    public readonly ulong Selectors = selectors;

    public static ulong Select(int length, int secondLength, byte protocol, ushort port) =>
        ((ulong)length << 48) | ((ulong)secondLength << 32) | ((ulong)protocol << 16) | port;

    public bool Equals(WideMember other) =>
        ((High ^ other.High) | (Low ^ other.Low) | (SecondHigh ^ other.SecondHigh) | (SecondLow ^ other.SecondLow)
            | (Selectors ^ other.Selectors)) == 0;

    public override bool Equals(object? obj) => obj is WideMember other && Equals(other);

    public override int GetHashCode()
    {
        ulong hash = (Low * 0x9E3779B97F4A7C15UL) + (High * 0xD6E8FEB86659FD93UL) + (SecondLow * 0xA0761D6478BD642FUL)
            + (SecondHigh * 0xE7037ED1A0B428DBUL);
        hash = ((hash ^ (hash >> 31)) + Selectors) * 0x8EBC6AF09C88C6E3UL;
        return (int)(hash >> 32);
    }
}
