using System;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Netemu.Live.Tests.Tap;

/// <summary>The same pseudo-random bytes at any place, for who sends; and the hash of all that came, for who receives.</summary>
internal sealed class TransferContent : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes taken so far.</summary>
    public long Count { get; private set; }

    /// <summary>The hash of the first <paramref name="length"/> bytes.</summary>
    public static string Expected(long length)
    {
        using TransferContent content = new();
        byte[] chunk = new byte[65_536];
        while (content.Count < length)
        {
            int size = (int)Math.Min(chunk.Length, length - content.Count);
            Fill(chunk.AsSpan(0, size), content.Count);
            content.Take(chunk.AsSpan(0, size));
        }

        return content.Hash();
    }

    /// <summary>Writes the bytes that stand from <paramref name="offset"/> on (splitmix64 of each eighth).</summary>
    public static void Fill(Span<byte> bytes, long offset)
    {
        Span<byte> word = stackalloc byte[8];
        int done = 0;
        while (done < bytes.Length)
        {
            ulong z = ((ulong)(offset + done) / 8) + 1;
            z *= 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            BinaryPrimitives.WriteUInt64LittleEndian(word, z ^ (z >> 31));
            int skip = (int)((offset + done) % 8);
            int size = Math.Min(8 - skip, bytes.Length - done);
            word.Slice(skip, size).CopyTo(bytes[done..]);
            done += size;
        }
    }

    public void Take(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        Count += bytes.Length;
    }

    public string Hash() => Convert.ToHexString(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();
}
