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

    [Theory]
    [InlineData(14)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(42)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1514)]
    public void Every_bit_of_the_headers_that_arrive_counts_and_their_words_places_and_when_and_how_many(int length)
    {
        byte[] frame = new byte[length];
        new RandomSource(length, "hash").NextBytes(frame);
        HashSet<ulong> seen = [ArrivalOf(frame, 1)];
        int headers = Math.Min(length, RunHash.HeaderBytes);
        for (int bit = 0; bit < headers * 8; bit++)
        {
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(seen.Add(ArrivalOf(frame, 1)), $"bit {bit}");
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        HashSet<string> contents = [Convert.ToHexString(frame)];
        foreach (int size in (int[])[1, 2, 4, 6, 8, 16])
        {
            for (int from = 0; from + size <= headers; from += size)
            {
                for (int to = from + size; to + size <= headers; to += size)
                {
                    byte[] swapped = [.. frame];
                    frame.AsSpan(from, size).CopyTo(swapped.AsSpan(to));
                    frame.AsSpan(to, size).CopyTo(swapped.AsSpan(from));
                    bool isNew = contents.Add(Convert.ToHexString(swapped));
                    Assert.True(!isNew || seen.Add(ArrivalOf(swapped, 1)), $"{size} bytes at {from} and {to}");
                }
            }
        }

        for (int bit = 0; bit < 63; bit++)
        {
            Assert.True(seen.Add(ArrivalOf(frame, 1 ^ (1L << bit))), $"time, bit {bit}");
        }

        Assert.True(seen.Add(ArrivalOf([.. frame, 0], 1)), "one more byte");
        Assert.False(seen.Add(ArrivalOf(frame, 1)), "the same arrival has the same hash");
    }

    [Fact]
    public void Frames_of_zeros_and_of_ones_differ_by_their_length_and_by_a_word()
    {
        HashSet<ulong> seen = [];
        foreach (byte fill in (byte[])[0x00, 0xFF])
        {
            for (int length = 1; length < 100; length++)
            {
                byte[] frame = new byte[length];
                Array.Fill(frame, fill);
                Assert.True(seen.Add(ArrivalOf(frame, 0)), $"{length} bytes {fill:x2}");
            }

            for (int word = 0; word < RunHash.HeaderBytes; word += 8)
            {
                byte[] frame = new byte[RunHash.HeaderBytes];
                Array.Fill(frame, fill);
                frame.AsSpan(word, 8).Fill((byte)~fill);
                Assert.True(seen.Add(ArrivalOf(frame, 0)), $"word {word} of {fill:x2}");
            }
        }
    }

    [Fact]
    public void Arrivals_in_another_order_give_another_hash()
    {
        byte[] one = new byte[64];
        byte[] other = new byte[64];
        other[63] = 1;
        RunHash there = default;
        there.AddArrival(one, 5);
        there.AddArrival(other, 5);
        RunHash back = default;
        back.AddArrival(other, 5);
        back.AddArrival(one, 5);
        Assert.NotEqual(there.Value, back.Value);
    }

    [Fact]
    public void Every_machine_has_the_same_hash_whatever_instructions_it_has()
    {
        byte[] bytes = new byte[200];
        new RandomSource(1, "hash").NextBytes(bytes);
        RunHash hash = default;
        hash.AddArrival(bytes, 1_000_000_007);
        hash.AddArrival(bytes.AsSpan(0, 42), 1_000_000_008);
        hash.AddArrival(bytes.AsSpan(0, 20), 1_000_000_008);
        hash.AddBytes(bytes);
        hash.AddBytes(bytes.AsSpan(0, 37));
        hash.AddText("netemu");
        Assert.Equal(6_705_821_562_087_421_420UL, hash.Value);
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

    private static ulong ArrivalOf(ReadOnlySpan<byte> frame, long time)
    {
        RunHash hash = default;
        hash.AddArrival(frame, time);
        return hash.Value;
    }

    private static ulong HashOf(ReadOnlySpan<byte> bytes)
    {
        RunHash hash = default;
        hash.AddBytes(bytes);
        return hash.Value;
    }
}
