using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;

namespace Netemu.Engine.Benchmarks;

/// <summary>
/// Distinct prefixes in the proportions of an Internet table, 70 % of them close to another. IPv4: 54 % /24, 33 % /20 to
/// /23, 11 % /8 to /19, 2 % longer. IPv6: 60 % /48, 10 % each of /32 to /47, /64, /122 and /128.
/// </summary>
public static class PrefixMix
{
    private const int ClusteredPercent = 70;
    private const int ClusterSpan = 16;

    public static Prefix<TAddress>[] Draw<TAddress>(int count, RandomSource random)
        where TAddress : struct, IIPAddress<TAddress>
    {
        Prefix<TAddress>[] prefixes = new Prefix<TAddress>[count];
        HashSet<Prefix<TAddress>> seen = new(count);
        for (int i = 0; i < count;)
        {
            int length = DrawLength<TAddress>(random);
            TAddress address = DrawAddress<TAddress>(random);
            if (i > 0 && random.NextChance(ClusteredPercent, 100))
            {
                address = Near(prefixes[random.NextBelow(i)].Address, length, random);
            }

            Prefix<TAddress> prefix = new(address, length);
            if (seen.Add(prefix))
            {
                prefixes[i++] = prefix;
            }
        }

        return prefixes;
    }

    /// <summary>An address inside a prefix.</summary>
    public static TAddress DrawInside<TAddress>(Prefix<TAddress> prefix, RandomSource random)
        where TAddress : struct, IIPAddress<TAddress>
    {
        int hostBits = Math.Min(TAddress.Bits - prefix.Length, 62);
        return prefix.Address.Add((long)(random.NextUInt64() & ((1UL << hostBits) - 1)));
    }

    private static int DrawLength<TAddress>(RandomSource random)
        where TAddress : struct, IIPAddress<TAddress>
    {
        int percent = (int)random.NextBelow(100);
        return TAddress.Family == AddressFamily.IPv4
            ? percent switch
            {
                < 54 => 24,
                < 87 => (int)random.NextBetween(20, 23),
                < 98 => (int)random.NextBetween(8, 19),
                _ => (int)random.NextBetween(25, 32),
            }
            : percent switch
            {
                < 60 => 48,
                < 70 => (int)random.NextBetween(32, 47),
                < 80 => 64,
                < 90 => 122,
                _ => 128,
            };
    }

    /// <summary>A unicast address: 1.0.0.0 to 223.255.255.255, or 2000::/3.</summary>
    private static TAddress DrawAddress<TAddress>(RandomSource random)
        where TAddress : struct, IIPAddress<TAddress>
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        bytes[0] = TAddress.Family == AddressFamily.IPv4
            ? (byte)random.NextBetween(1, 223)
            : (byte)(0x20 | (bytes[0] & 0x1F));
        return TAddress.Read(bytes);
    }

    /// <summary>A prefix of this length a few places on from a known one.</summary>
    private static TAddress Near<TAddress>(TAddress known, int length, RandomSource random)
        where TAddress : struct, IIPAddress<TAddress>
    {
        TAddress address = known.Mask(length);
        for (long steps = random.NextBetween(1, ClusterSpan); steps > 0; steps--)
        {
            address = address.Last(length).Add(1);
        }

        return address;
    }
}
