using System;
using System.Buffers.Binary;
using System.Numerics;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Attributes;

/// <summary>A hash of bytes that is the same in every process; it lays out tables and decides no order.</summary>
internal static class ByteHash
{
    private const ulong Prime = 0x9E3779B97F4A7C15UL;

    public static uint Compute(ReadOnlySpan<byte> bytes, ulong seed)
    {
        ulong hash = seed ^ ((ulong)bytes.Length * Prime);
        while (bytes.Length >= sizeof(ulong))
        {
            hash = (BitOperations.RotateLeft(hash, 27) ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * Prime;
            bytes = bytes[sizeof(ulong)..];
        }

        ulong tail = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            tail |= (ulong)bytes[i] << (i * 8);
        }

        hash = (BitOperations.RotateLeft(hash, 27) ^ tail) * Prime;
        return (uint)((hash ^ (hash >> 29)) >> 16);
    }

    public static ulong Mix(InternetAddress address) =>
        (address.IPv6.High * Prime) ^ BitOperations.RotateLeft(address.IPv6.Low * Prime, 31) ^ (ulong)address.Family;
}
