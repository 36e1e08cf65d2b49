using System;
using System.Collections.Generic;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;

namespace Netemu.Bgp.Tests;

/// <summary>The table of IPv4 prefixes against the general one, which it must agree with in everything but time.</summary>
public sealed class IPv4PrefixTableTests
{
    [Fact]
    public void Known_bytes_are_read_as_the_prefixes_they_stand_for_and_written_back()
    {
        // 10.0.0.0/8, 192.0.2.128/25, 0.0.0.0/0, 203.0.113.7/32 (RFC 4271 section 4.3).
        byte[] field = [8, 10, 25, 192, 0, 2, 128, 0, 32, 203, 0, 113, 7];
        IPv4PrefixTable table = new();
        NlriBuffer nlri = new();

        Assert.True(table.TryReadNlri(field, addPath: false, nlri));

        List<string> texts = [];
        List<byte> written = [];
        Span<byte> tuple = stackalloc byte[17];
        foreach (int id in nlri.Prefixes)
        {
            texts.Add(table[id].ToString());
            written.AddRange(tuple[..table.WriteNlri(id, tuple)].ToArray());
        }

        Assert.Equal(["10.0.0.0/8", "192.0.2.128/25", "0.0.0.0/0", "203.0.113.7/32"], texts);
        Assert.Equal(field, written);
    }

    [Fact]
    public void Bits_past_the_length_do_not_matter_and_lengths_do()
    {
        IPv4PrefixTable table = new();
        NlriBuffer nlri = new();

        // 172.16.0.0/12 with and without trailing bits, then 172.16.0.0/16.
        Assert.True(table.TryReadNlri([12, 172, 16, 12, 172, 31, 16, 172, 16], addPath: false, nlri));

        Assert.Equal(nlri.Prefixes[0], nlri.Prefixes[1]);
        Assert.NotEqual(nlri.Prefixes[0], nlri.Prefixes[2]);
        Assert.Equal(2, table.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_field_of_random_bytes_is_read_as_the_general_table_reads_it(bool addPath)
    {
        RandomSource random = new(7, "prefix-table");
        IPv4PrefixTable table = new();
        PrefixTable<IPv4Address> oracle = new();
        byte[] field = new byte[64];
        for (int round = 0; round < 20_000; round++)
        {
            for (int i = 0; i < field.Length; i++)
            {
                // Mostly lengths that are possible, and few addresses, so that prefixes come again.
                field[i] = (byte)(random.NextChance(1, 50) ? random.NextBelow(256) : random.NextBelow(34));
            }

            ReadOnlySpan<byte> bytes = field.AsSpan(0, (int)random.NextBelow(field.Length + 1));
            NlriBuffer seen = new();
            NlriBuffer expected = new();

            Assert.Equal(oracle.TryReadNlri(bytes, addPath, expected), table.TryReadNlri(bytes, addPath, seen));

            Assert.Equal(expected.Prefixes.ToArray(), seen.Prefixes.ToArray());
            Assert.Equal(expected.PathIds.ToArray(), seen.PathIds.ToArray());
        }

        Assert.Equal(oracle.Count, table.Count);
        for (int id = 0; id < table.Count; id++)
        {
            Assert.Equal(oracle[id], table[id]);
            Assert.True(table.TryFind(oracle[id], out int found));
            Assert.Equal(id, found);
        }
    }
}
