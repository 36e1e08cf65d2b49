using System;
using System.Collections.Generic;
using Netemu.Core.Randomness;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Tests.Simulation;

/// <summary>One changed bit, byte, length or order of what is mixed in gives another hash.</summary>
public sealed class RunHashTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(200)]
    [InlineData(1450)]
    public void Every_bit_of_what_was_consumed_counts(int length)
    {
        byte[] bytes = new byte[length];
        new RandomSource(length, "hash").NextBytes(bytes);
        HashSet<ulong> seen = [HashOf(bytes)];
        for (int bit = 0; bit < length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(seen.Add(HashOf(bytes)), $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.False(seen.Add(HashOf(bytes)), "the same bytes have the same hash");
    }

    [Fact]
    public void Zeros_of_every_length_differ()
    {
        HashSet<ulong> seen = [];
        for (int length = 0; length < 300; length++)
        {
            Assert.True(seen.Add(HashOf(new byte[length])), $"{length} zeros");
        }
    }

    [Fact]
    public void Words_and_blocks_that_change_places_change_the_hash()
    {
        byte[] bytes = new byte[512];
        new RandomSource(1, "hash").NextBytes(bytes);
        HashSet<ulong> seen = [HashOf(bytes)];
        foreach (int size in (int[])[4, 8, 16, 32, 64])
        {
            for (int from = 0; from < bytes.Length; from += size)
            {
                for (int to = from + size; to < bytes.Length; to += size)
                {
                    byte[] swapped = [.. bytes];
                    bytes.AsSpan(from, size).CopyTo(swapped.AsSpan(to));
                    bytes.AsSpan(to, size).CopyTo(swapped.AsSpan(from));
                    Assert.True(seen.Add(HashOf(swapped)), $"{size} bytes at {from} and {to}");
                }
            }
        }
    }

    [Fact]
    public void What_was_mixed_in_before_counts()
    {
        RunHash one = default;
        RunHash other = default;
        other.AddNumber(1);
        one.AddBytes(new byte[100]);
        other.AddBytes(new byte[100]);
        Assert.NotEqual(one.Value, other.Value);
    }

    private static ulong HashOf(ReadOnlySpan<byte> bytes)
    {
        RunHash hash = default;
        hash.AddBytes(bytes);
        return hash.Value;
    }
}
