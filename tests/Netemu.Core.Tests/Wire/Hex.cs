using System;

namespace Netemu.Core.Tests.Wire;

/// <summary>Bytes written as hexadecimal digits with spaces where the eye wants them.</summary>
internal static class Hex
{
    public static byte[] Parse(string digits) => Convert.FromHexString(digits.Replace(" ", string.Empty, StringComparison.Ordinal));

    public static string Format(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);

    public static string Format(string digits) => digits.Replace(" ", string.Empty, StringComparison.Ordinal);
}
