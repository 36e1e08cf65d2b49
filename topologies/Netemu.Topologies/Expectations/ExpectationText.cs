using System;
using System.Collections.Immutable;

namespace Netemu.Topologies.Expectations;

/// <summary>Splits the text of an expected scalar into its comparison and operands.</summary>
public static class ExpectationText
{
    private static readonly ImmutableArray<(string Sign, Comparison Comparison)> Signs =
    [
        ("<=", Comparison.LessOrEqual), (">=", Comparison.GreaterOrEqual), ("!=", Comparison.NotEqual),
        ("==", Comparison.Equal), ("<", Comparison.Less), (">", Comparison.Greater),
    ];

    /// <summary>"&lt;13ms" is less than 13ms; "10ms..12ms" is between; anything without a sign is equality.</summary>
    public static (Comparison Comparison, string Operand, string? Upper) Split(string text)
    {
        foreach ((string sign, Comparison comparison) in Signs)
        {
            if (text.StartsWith(sign, StringComparison.Ordinal))
            {
                return (comparison, text[sign.Length..].Trim(), null);
            }
        }

        int dots = text.IndexOf("..", StringComparison.Ordinal);
        return dots > 0 && dots + 2 < text.Length && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[dots + 2])
            ? (Comparison.Between, text[..dots].Trim(), text[(dots + 2)..].Trim())
            : (Comparison.Equal, text, null);
    }
}
