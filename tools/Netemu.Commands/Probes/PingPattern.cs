using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Netemu.Commands.Probes;

/// <summary>The bytes of ping -p: up to 16, two hexadecimal digits each, the last of one if their number is odd (ping_common.c fill).</summary>
internal static class PingPattern
{
    private const int MostBytes = 16;

    /// <summary>Null if something in <paramref name="text"/> is no hexadecimal digit; <paramref name="rest"/> begins with it.</summary>
    public static ImmutableArray<byte>? Parse(string text, out string rest)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiHexDigit(text[i]))
            {
                rest = text[i..];
                return null;
            }
        }

        rest = string.Empty;
        ImmutableArray<byte>.Builder bytes = ImmutableArray.CreateBuilder<byte>();
        for (int i = 0; i < text.Length && bytes.Count < MostBytes; i += 2)
        {
            ReadOnlySpan<char> digits = text.AsSpan(i, Math.Min(2, text.Length - i));
            bytes.Add(byte.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        }

        return bytes.ToImmutable();
    }

    /// <summary>
    /// A payload of <paramref name="size"/> bytes: the pattern over and over, or once and zeros where it has no eight bytes to spare.
    /// </summary>
    public static ImmutableArray<byte> Fill(ImmutableArray<byte> pattern, int size)
    {
        byte[] payload = new byte[size];
        int filled = size < pattern.Length + 8 ? Math.Min(pattern.Length, size) : size;
        for (int i = 0; i < filled && pattern.Length > 0; i++)
        {
            payload[i] = pattern[i % pattern.Length];
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(payload);
    }
}
