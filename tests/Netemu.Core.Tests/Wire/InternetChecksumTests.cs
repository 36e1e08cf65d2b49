using System;
using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Netemu.Core.Randomness;
using Netemu.Core.Tests.Addresses;
using Netemu.Core.Wire;
using Netemu.Testing;

namespace Netemu.Core.Tests.Wire;

/// <summary>The vectorised checksum against the sum that RFC 1071 section 4.1 spells out, and updates against both.</summary>
public sealed class InternetChecksumTests
{
    private static readonly ushort[] Corners = [0x0000, 0x0001, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF];

    [Fact]
    public void The_example_of_RFC_1071_sums_up()
    {
        // Section 3: 0001 f203 f4f5 f6f7 sums to ddf2.
        byte[] bytes = Hex.Parse("0001 F203 F4F5 F6F7");

        Assert.Equal(0x220D, InternetChecksum.Compute(bytes));
        Assert.Equal(0x220D, Naive(bytes));
    }

    [Fact]
    public void The_checksum_of_nothing_and_of_zeros_is_all_ones()
    {
        Assert.Equal(0xFFFF, InternetChecksum.Compute([]));
        Assert.Equal(0xFFFF, InternetChecksum.Compute(new byte[1500]));
    }

    [Fact]
    public void Every_length_and_alignment_gives_the_naive_sum()
    {
        byte[] bytes = new byte[400];
        new RandomSource(1, "checksum/bytes").NextBytes(bytes);
        for (int offset = 0; offset < 33; offset++)
        {
            for (int length = 0; length <= bytes.Length - offset; length++)
            {
                Span<byte> part = bytes.AsSpan(offset, length);
                Assert.Equal(Naive(part), InternetChecksum.Compute(part));
            }
        }
    }

    [Fact]
    public void Copying_sums_what_it_copies()
    {
        byte[] bytes = new byte[400];
        new RandomSource(2, "checksum/bytes").NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
        {
            byte[] copy = new byte[length + 1];
            Assert.Equal(Naive(bytes.AsSpan(0, length)), InternetChecksum.Finish(InternetChecksum.CopyAndSum(bytes.AsSpan(0, length), copy)));
            Assert.True(bytes.AsSpan(0, length).SequenceEqual(copy.AsSpan(0, length)));
            Assert.Equal(0, copy[length]);
        }
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xFF)]
    [InlineData(0x80)]
    public void Carries_are_kept_up_to_the_largest_packet(int value)
    {
        byte[] bytes = new byte[65_536];
        Array.Fill(bytes, (byte)value);
        for (int length = bytes.Length - 70; length <= bytes.Length; length++)
        {
            Assert.Equal(Naive(bytes.AsSpan(0, length)), InternetChecksum.Compute(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void A_sum_may_be_taken_in_parts_of_even_length()
    {
        byte[] bytes = new byte[301];
        new RandomSource(2, "checksum/parts").NextBytes(bytes);
        for (int cut = 0; cut <= bytes.Length; cut += 2)
        {
            uint first = InternetChecksum.Sum(bytes.AsSpan(0, cut));
            Assert.Equal(Naive(bytes), InternetChecksum.Finish(InternetChecksum.Sum(bytes.AsSpan(cut), first)));
        }
    }

    [Fact]
    public void A_checksum_in_place_makes_the_sum_right_and_every_single_bit_error_wrong()
    {
        byte[] bytes = new byte[100];
        new RandomSource(3, "checksum/in-place").NextBytes(bytes);
        bytes[10] = bytes[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), InternetChecksum.Compute(bytes));

        Assert.Equal(0, InternetChecksum.Compute(bytes));
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(0, InternetChecksum.Compute(bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Updating_a_word_gives_what_summing_anew_gives()
    {
        Gen<ushort> word = Gen.OneOf(Gen.Elements(Corners), Gen.Choose(0, 0xFFFF).Select(value => (ushort)value));
        Law.Holds(
            word.ArrayOf(6),
            words =>
            {
                // Given a header that is not all zero, for a sum of zero has two forms there.
                ushort[] before = [words[0], words[1], words[2], words[3], 0x4500];
                ushort[] after = [.. before];
                after[1] = words[4];
                ushort updated = InternetChecksum.Update(Naive(before), before[1], after[1]);
                Assert.Equal(Naive(after), updated);

                after[2] = words[5];
                uint old32 = ((uint)before[1] << 16) | before[2];
                uint new32 = ((uint)after[1] << 16) | after[2];
                Assert.Equal(Naive(after), InternetChecksum.Update(Naive(before), old32, new32));
            },
            count: 20_000);
    }

    [Fact]
    public void The_example_of_RFC_1624_comes_out_as_all_zeros()
    {
        // Section 4: HC = DD2F, m = 5555, m' = 3285 gives 0000; the method of RFC 1141 gave FFFF.
        Assert.Equal(0x0000, InternetChecksum.Update(0xDD2F, (ushort)0x5555, (ushort)0x3285));
    }

    [Fact]
    public void Decrementing_every_TTL_keeps_a_header_right()
    {
        byte[] header = new byte[20];
        for (int ttl = 255; ttl > 0; ttl--)
        {
            for (int protocol = 0; protocol < 256; protocol++)
            {
                IPv4Header.Write(header, 0, 20, (ushort)(ttl * protocol), 0, (byte)ttl, (IPProtocol)protocol, new(10, 0, 0, 1), new(10, 0, 0, 2));
                ushort before = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(8));
                header[8]--;
                ushort updated = InternetChecksum.Update(
                    BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(10)), before, BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(8)));
                BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), updated);
                Assert.Equal(0, InternetChecksum.Compute(header));
            }
        }
    }

    [Fact]
    public void A_pseudo_header_sums_as_its_bytes() => Law.Holds(
        AddressGenerators.IPv4.Two().SelectMany(_ => Gen.Choose(0, 65_535), (pair, length) => (pair.Item1, pair.Item2, Length: length)),
        test =>
        {
            byte[] bytes = new byte[12];
            test.Item1.Write(bytes);
            test.Item2.Write(bytes.AsSpan(4));
            bytes[9] = (byte)IPProtocol.Tcp;
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), (ushort)test.Length);
            uint sum = InternetChecksum.PseudoHeader(test.Item1, test.Item2, IPProtocol.Tcp, test.Length);
            Assert.Equal(Naive(bytes), InternetChecksum.Finish(sum));
        });

    [Fact]
    public void A_pseudo_header_of_IPv6_sums_as_its_bytes() => Law.Holds(
        AddressGenerators.IPv6.Two().SelectMany(_ => Gen.Choose(0, 200_000), (pair, length) => (pair.Item1, pair.Item2, Length: length)),
        test =>
        {
            byte[] bytes = new byte[40];
            test.Item1.Write(bytes);
            test.Item2.Write(bytes.AsSpan(16));
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(32), test.Length);
            bytes[39] = (byte)IPProtocol.Icmpv6;
            uint sum = InternetChecksum.PseudoHeader(test.Item1, test.Item2, IPProtocol.Icmpv6, test.Length);
            Assert.Equal(Naive(bytes), InternetChecksum.Finish(sum));
        });

    private static ushort Naive(ReadOnlySpan<byte> bytes)
    {
        long sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? bytes[i] << 8 : bytes[i];
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    private static ushort Naive(ushort[] words)
    {
        byte[] bytes = new byte[words.Length * 2];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(i * 2), words[i]);
        }

        return Naive(bytes);
    }
}
