using System;
using System.Globalization;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Expectations;

/// <summary>Compares one observed value with an expected scalar, whose text is read as the kind of what was seen.</summary>
internal static class ScalarExpectation
{
    public static bool Holds(ExpectedScalar expected, ObservedValue observed)
    {
        if (expected.Comparison == Comparison.Absent)
        {
            return observed is ObservedNothing or ObservedText { Text: "" } or ObservedList { Count: 0 } or ObservedMapping { Count: 0 };
        }

        return observed switch
        {
            ObservedNumber number => Compare(expected, number.Number, ReadNumber),
            ObservedDuration duration => Compare(expected, duration.Time.Nanoseconds, ReadDuration),
            ObservedShare share => Compare(expected, share.Share.PartsPerMillion, ReadShare),
            ObservedBoolean boolean => Compare(expected, boolean.Value ? 1 : 0, ReadBoolean),
            ObservedText text => HoldsText(expected, text.Text),
            _ => expected.Comparison == Comparison.NotEqual,
        };
    }

    private static bool Compare(ExpectedScalar expected, long observed, Func<string, long?> read)
    {
        if (read(expected.Operand) is not { } operand)
        {
            return expected.Comparison == Comparison.NotEqual;
        }

        return expected.Comparison switch
        {
            Comparison.Equal => observed == operand,
            Comparison.NotEqual => observed != operand,
            Comparison.Less => observed < operand,
            Comparison.LessOrEqual => observed <= operand,
            Comparison.Greater => observed > operand,
            Comparison.GreaterOrEqual => observed >= operand,
            Comparison.Between => observed >= operand && read(expected.Upper!) is { } upper && observed <= upper,
            _ => false,
        };
    }

    /// <summary>Texts are equal without their last line feeds; addresses and prefixes in any spelling.</summary>
    private static bool HoldsText(ExpectedScalar expected, string observed)
    {
        string text = observed.TrimEnd('\n');
        if (expected.Comparison is not (Comparison.Equal or Comparison.NotEqual) && ReadNumber(text) is { } number)
        {
            return Compare(expected, number, ReadNumber);
        }

        if (expected.Comparison is not (Comparison.Equal or Comparison.NotEqual)
            && ReadDecimal(text) is { } exact && ReadDecimal(expected.Operand) is { } limit)
        {
            return CompareDecimal(expected, exact, limit);
        }

        // "<html>" against a text is no comparison.
        string operand = (expected.Comparison is Comparison.Equal or Comparison.NotEqual ? expected.Operand : expected.Text).TrimEnd('\n');
        bool equal = string.Equals(operand, text, StringComparison.Ordinal)
            || (InternetAddress.TryParse(operand, out InternetAddress a) && InternetAddress.TryParse(text, out InternetAddress b) && a == b)
            || (operand.Contains('/', StringComparison.Ordinal)
                && InternetPrefix.TryParse(operand, out InternetPrefix p) && InternetPrefix.TryParse(text, out InternetPrefix q) && p == q)
            || (MacAddress.TryParse(operand, out MacAddress m) && MacAddress.TryParse(text, out MacAddress n) && m == n);
        return equal == (expected.Comparison != Comparison.NotEqual);
    }

    /// <summary>Numbers with a fraction, as tools print them.</summary>
    private static bool CompareDecimal(ExpectedScalar expected, decimal observed, decimal operand) => expected.Comparison switch
    {
        Comparison.Less => observed < operand,
        Comparison.LessOrEqual => observed <= operand,
        Comparison.Greater => observed > operand,
        Comparison.GreaterOrEqual => observed >= operand,
        Comparison.Between => observed >= operand && ReadDecimal(expected.Upper!) is { } upper && observed <= upper,
        _ => false,
    };

    private static decimal? ReadDecimal(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : null;

    internal static long? ReadNumber(string text)
    {
        bool hexadecimal = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (hexadecimal
            ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long number)
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
        {
            return number;
        }

        return Quantity.TryParseSize(text, out long bytes) == QuantityError.None ? bytes : null;
    }

    private static long? ReadDuration(string text) =>
        Quantity.TryParseDuration(text, out Duration duration) == QuantityError.None ? duration.Nanoseconds : null;

    private static long? ReadShare(string text) =>
        Quantity.TryParseProbability(text, out Probability share) == QuantityError.None ? share.PartsPerMillion : null;

    internal static long? ReadBoolean(string text) => text switch
    {
        "true" => 1,
        "false" => 0,
        _ => null,
    };
}
