using System;
using System.Numerics;
using Netemu.Core.Randomness;

namespace Netemu.Core.Tests.Randomness;

/// <summary>The stream against an implementation of its own of the published algorithms, and its derived draws.</summary>
public sealed class RandomSourceTests
{
    /// <summary>Ten first values of Blackman and Vigna's xoshiro256** from the state 1, 2, 3, 4.</summary>
    private static readonly ulong[] Published =
    [
        11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600,
        16172922978634559625, 8476171486693032832, 10595114339597558777, 2904607092377533576,
    ];

    [Fact]
    public void The_oracle_gives_the_published_vector()
    {
        Xoshiro oracle = new([1, 2, 3, 4]);

        Assert.All(Published, expected => Assert.Equal(expected, oracle.Next()));
    }

    [Theory]
    [InlineData(0L, "")]
    [InlineData(1L, "r1/tcp-isn")]
    [InlineData(-1L, "é")]
    [InlineData(long.MinValue, "a much longer name of a node/and its purpose")]
    public void A_stream_is_xoshiro_seeded_by_splitmix_from_seed_and_name(long seed, string name)
    {
        Xoshiro oracle = Xoshiro.From(seed, name);
        RandomSource source = new(seed, name);

        for (int i = 0; i < 1_000; i++)
        {
            Assert.Equal(oracle.Next(), source.NextUInt64());
        }
    }

    [Fact]
    public void Seeds_and_names_give_streams_of_their_own()
    {
        ulong[] firsts = [First(1, "a"), First(2, "a"), First(1, "b"), First(1, "ab"), First(1, "ba"), First(1, "a/")];

        Assert.Equal(firsts.Length, new System.Collections.Generic.HashSet<ulong>(firsts).Count);

        static ulong First(long seed, string name) => new RandomSource(seed, name).NextUInt64();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1_000)]
    public void Draws_below_a_bound_are_uniform(int bound)
    {
        // Given enough draws that chi-squared has a normal shape.
        RandomSource source = new(5, "uniform");
        int draws = 2_000 * bound;
        int[] counts = new int[bound];
        for (int i = 0; i < draws; i++)
        {
            counts[source.NextBelow(bound)]++;
        }

        // Then the statistic is within five standard deviations of its mean.
        double statistic = 0;
        foreach (int count in counts)
        {
            statistic += Math.Pow(count - 2_000, 2) / 2_000;
        }

        Assert.InRange(statistic, 0, bound - 1 + (5 * Math.Sqrt(2 * bound)));
    }

    [Fact]
    public void Draws_below_a_bound_near_the_width_stay_below_it()
    {
        // Given a bound for which a third of the raw values must be rejected.
        long bound = (1L << 62) + (1L << 61);
        RandomSource source = new(5, "wide");
        int upper = 0;
        for (int i = 0; i < 30_000; i++)
        {
            long value = source.NextBelow(bound);
            Assert.InRange(value, 0, bound - 1);
            upper += value >= bound / 2 ? 1 : 0;
        }

        // Then none half is favoured, as a plain remainder would.
        Assert.InRange(upper, 14_500, 15_500);
    }

    [Fact]
    public void Between_has_both_ends()
    {
        RandomSource source = new(1, "between");
        bool[] seen = new bool[5];
        for (int i = 0; i < 200; i++)
        {
            seen[source.NextBetween(-2, 2) + 2] = true;
        }

        Assert.DoesNotContain(false, seen);
    }

    [Fact]
    public void A_chance_is_kept()
    {
        RandomSource source = new(1, "chance");
        int hits = 0;
        for (int i = 0; i < 100_000; i++)
        {
            hits += source.NextChance(1, 1_000) ? 1 : 0;
            Assert.True(source.NextChance(3, 3));
            Assert.False(source.NextChance(0, 3));
        }

        Assert.InRange(hits, 50, 150);
    }

    [Fact]
    public void Bytes_have_every_bit_in_both_states_equally_often()
    {
        RandomSource source = new(1, "bytes");
        byte[] bytes = new byte[80_000];
        source.NextBytes(bytes);
        for (int bit = 0; bit < 8; bit++)
        {
            int ones = 0;
            foreach (byte value in bytes)
            {
                ones += (value >> bit) & 1;
            }

            Assert.InRange(ones, 39_200, 40_800);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void There_is_nothing_below_zero(long bound) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomSource(1, "none").NextBelow(bound));

    /// <summary>xoshiro256** 1.0 and splitmix64 as https://prng.di.unimi.it gives them, FNV-1a as its draft does.</summary>
    private sealed class Xoshiro(ulong[] s)
    {
        public static Xoshiro From(long seed, string name)
        {
            BigInteger hash = BigInteger.Parse("14695981039346656037");
            foreach (char c in name)
            {
                hash = ((hash ^ c) * 1099511628211) % (BigInteger.One << 64);
            }

            ulong x = (ulong)hash ^ unchecked((ulong)seed);
            ulong[] state = new ulong[4];
            for (int i = 0; i < 4; i++)
            {
                unchecked
                {
                    ulong z = x += 0x9e3779b97f4a7c15;
                    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
                    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
                    state[i] = z ^ (z >> 31);
                }
            }

            return new Xoshiro(state);
        }

        public ulong Next()
        {
            unchecked
            {
                ulong result = Rotl(s[1] * 5, 7) * 9;
                ulong t = s[1] << 17;
                s[2] ^= s[0];
                s[3] ^= s[1];
                s[1] ^= s[2];
                s[0] ^= s[3];
                s[2] ^= t;
                s[3] = Rotl(s[3], 45);
                return result;
            }
        }

        private static ulong Rotl(ulong x, int k) => (x << k) | (x >> (64 - k));
    }
}
