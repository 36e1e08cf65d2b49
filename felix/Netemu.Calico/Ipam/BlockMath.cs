using System;
using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;

namespace Netemu.Calico.Ipam;

/// <summary>The arithmetic of pools, blocks and ordinals.</summary>
internal static class BlockMath
{
    /// <summary>At most this many blocks of a pool are looked at: IPv6 pools hold more than anyone can visit.</summary>
    private const int MaximumBlockBits = 20;

    public static InternetPrefix BlockOf(IPPool pool, InternetAddress address) => new(address, pool.BlockSize);

    /// <summary>The number of addresses in a block.</summary>
    public static int SizeOf(InternetPrefix block) => 1 << ((block.IsIPv4 ? 32 : 128) - block.Length);

    public static InternetAddress AddressAt(InternetPrefix block, int ordinal) =>
        block.IsIPv4 ? block.Address.IPv4.Add(ordinal) : block.Address.IPv6.Add(ordinal);

    public static int OrdinalOf(InternetPrefix block, InternetAddress address) =>
        block.IsIPv4
            ? (int)(address.IPv4.Value - block.Address.IPv4.Value)
            : (int)(address.IPv6.Low - block.Address.IPv6.Low);

    /// <summary>
    /// The pool's blocks from a start that the host's name determines, once around: hosts that claim at the same time
    /// rarely want the same block.
    /// </summary>
    public static IEnumerable<InternetPrefix> BlocksFrom(IPPool pool, string host)
    {
        int bits = Math.Min(pool.BlockSize - pool.Cidr.Length, MaximumBlockBits);
        long count = 1L << bits;
        long start = new RandomSource(0, $"{host}/ipam/{pool.Cidr}").NextBelow(count);
        for (long i = 0; i < count; i++)
        {
            yield return BlockAt(pool, (start + i) & (count - 1));
        }
    }

    private static InternetPrefix BlockAt(IPPool pool, long index)
    {
        if (pool.Cidr.IsIPv4)
        {
            return new InternetPrefix(pool.Cidr.Address.IPv4.Add(index << (32 - pool.BlockSize)), pool.BlockSize);
        }

        IPv6Address first = pool.Cidr.Address.IPv6;
        UInt128 value = new UInt128(first.High, first.Low) + ((UInt128)index << (128 - pool.BlockSize));
        return new InternetPrefix(new IPv6Address((ulong)(value >> 64), (ulong)value), pool.BlockSize);
    }
}
