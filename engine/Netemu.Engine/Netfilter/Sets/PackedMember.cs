using System;

namespace Netemu.Engine.Netfilter.Sets;

/// <summary>
/// A member with one IPv4 address in 64 bits: address, length, protocol, port. Never zero, for the length is not.
/// </summary>
internal readonly struct PackedMember(ulong bits) : IEquatable<PackedMember>
{
    public readonly ulong Bits = bits;

    public static PackedMember Of(uint address, int length, byte protocol, ushort port) =>
        new(((ulong)address << 32) | ((ulong)length << 24) | ((ulong)protocol << 16) | port);

    public bool Equals(PackedMember other) => Bits == other.Bits;

    public override bool Equals(object? obj) => obj is PackedMember other && Equals(other);

    public override int GetHashCode() => (int)((Bits * 0x9E3779B97F4A7C15UL) >> 32);
}
