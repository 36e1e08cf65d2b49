using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;
using Netemu.Core.Time;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>The scalar values of topology files: texts, numbers, words and quantities.</summary>
internal static partial class Values
{
    private const string Variable = "[$]";

    public static Value<string> Text { get; } = new ScalarValue<string>(
        "a text", ParseText, static () => new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") })
    {
        IsText = true,
    };

    public static Value<bool> Boolean { get; } = new ScalarValue<bool>("true or false", ParseBoolean, static () => Typed("boolean"));

    public static Value<Duration> Duration { get; } = new ScalarValue<Duration>(
        "a duration such as 10ms",
        static (string text, out Duration value) => Fault(Quantity.TryParseDuration(text, out value), "10ms", "ns, us, ms, s, min, h"),
        static () => Pattern("^[0-9.]+ ?(ns|us|µs|ms|s|sec|m|min|h)([0-9.]+(ns|us|µs|ms|s|sec|m|min|h))*$|^0$", orNumber: true));

    public static Value<BitRate> Rate { get; } = new ScalarValue<BitRate>(
        "a rate such as 10mbit",
        static (string text, out BitRate value) => Fault(Quantity.TryParseRate(text, out value), "10mbit", "bit, kbit, mbit, gbit, tbit"),
        static () => Pattern("^[0-9.]+ ?([kmgtKMGT]?|[kmgKMG]i)[bB][iI][tT]$", orNumber: false));

    public static Value<Probability> Probability { get; } = new ScalarValue<Probability>(
        "a share such as 0.1%",
        static (string text, out Probability value) => Fault(Quantity.TryParseProbability(text, out value), "0.1%", "%"),
        static () => Pattern("^[0-9.]+ ?%$|^0$", orNumber: true));

    /// <summary>A number of bytes that fits an int: 1500, 64KiB.</summary>
    public static Value<int> Size(int minimum, int maximum) => new ScalarValue<int>(
        $"a size from {minimum} to {maximum} bytes",
        (string text, out int value) =>
        {
            QuantityError error = Quantity.TryParseSize(text, out long bytes);
            value = (int)Math.Clamp(bytes, minimum, maximum);
            return error != QuantityError.None ? Fault(error, "1500 or 64KiB", "B, kB, MB, KiB, MiB")
                : bytes == value ? null
                : new ScalarFault(LoaderCode.OutOfRange, null);
        },
        static () => Pattern("^[0-9.]+ ?([kKmMgG][iI]?)?[bB]?$", orNumber: true));

    public static Value<int> Integer(int minimum, int maximum, string what = "a number") => new ScalarValue<int>(
        $"{what} from {minimum} to {maximum}",
        (string text, out int value) =>
        {
            ScalarFault? fault = ParseInteger(text, minimum, maximum, out long number);
            value = (int)number;
            return fault;
        },
        () => IntegerSchema(minimum, maximum));

    public static Value<uint> UInt32(string what = "a number") => new ScalarValue<uint>(
        $"{what} from 0 to {uint.MaxValue}",
        (string text, out uint value) =>
        {
            ScalarFault? fault = ParseInteger(text, 0, uint.MaxValue, out long number);
            value = (uint)number;
            return fault;
        },
        static () => IntegerSchema(0, uint.MaxValue));

    public static Value<ulong> Seed { get; } = new ScalarValue<ulong>(
        "a seed from 0 to 2^64-1",
        static (string text, out ulong value) =>
            ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) ? null : ScalarFault.Plain,
        static () => IntegerSchema(0, null));

    /// <summary>One of some words; the same value may have several.</summary>
    public static Value<T> Word<T>(string what, params ImmutableArray<(string Word, T Value)> words) => new ScalarValue<T>(
        what,
        (string text, out T value) =>
        {
            foreach ((string word, T candidate) in words)
            {
                if (word == text)
                {
                    value = candidate;
                    return null;
                }
            }

            value = default!;
            IEnumerable<string> known = words.Select(w => w.Word);
            return ScalarFault.WithHint(Spelling.Hint(text, known) ?? $"known words: {string.Join(", ", known)}");
        },
        () => new JsonObject
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["enum"] = new JsonArray([.. words.Select(w => (JsonNode)w.Word)]) },
                Pattern(Variable, orNumber: false)),
        });

    /// <summary><c>up</c> or <c>down</c>.</summary>
    public static Value<bool> UpOrDown { get; } = Word("'up' or 'down'", ("up", true), ("down", false));

    public static Value<IReadOnlyList<T>> List<T>(Value<T> item) => new ListValue<T>(item);

    /// <summary>Free names with texts: labels.</summary>
    public static Value<IReadOnlyList<KeyValuePair<string, string>>> TextMap(string what) => new MapValue<string>(what, Text);

    internal static JsonObject Typed(string type) => new()
    {
        ["anyOf"] = new JsonArray(new JsonObject { ["type"] = type }, new JsonObject { ["type"] = "string", ["pattern"] = Variable }),
    };

    internal static JsonObject Pattern(string pattern, bool orNumber)
    {
        JsonObject text = new() { ["type"] = "string", ["pattern"] = pattern == Variable ? Variable : $"{pattern}|{Variable}" };
        return orNumber ? new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "number" }, text) } : text;
    }

    internal static JsonObject IntegerSchema(long minimum, long? maximum)
    {
        JsonObject integer = new() { ["type"] = "integer", ["minimum"] = minimum };
        if (maximum is { } most)
        {
            integer["maximum"] = most;
        }

        return new JsonObject
        {
            ["anyOf"] = new JsonArray(integer, new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9xXa-fA-F]+$|[$]" }),
        };
    }

    internal static ScalarFault? ParseInteger(string text, long minimum, long maximum, out long number)
    {
        bool parsed = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
            : Arithmetic.TryEvaluate(text, out number);
        if (!parsed)
        {
            number = minimum;
            return ScalarFault.Plain;
        }

        bool fits = number >= minimum && number <= maximum;
        number = fits ? number : minimum;
        return fits ? null : new ScalarFault(LoaderCode.OutOfRange, null);
    }

    private static ScalarFault? ParseText(string text, out string value)
    {
        value = text;
        return null;
    }

    private static ScalarFault? ParseBoolean(string text, out bool value)
    {
        value = text is "true" or "True" or "TRUE";
        return value || text is "false" or "False" or "FALSE" ? null : new ScalarFault(LoaderCode.NotBoolean, text.ToLowerInvariant() switch
        {
            "on" or "yes" or "y" or "1" => "write true",
            "off" or "no" or "n" or "0" => "write false",
            _ => null,
        });
    }

    private static ScalarFault? Fault(QuantityError error, string example, string units) => error switch
    {
        QuantityError.None => null,
        QuantityError.NoUnit => new ScalarFault(LoaderCode.MissingUnit, $"add a unit: {example}"),
        QuantityError.UnknownUnit => ScalarFault.WithHint($"units: {units}"),
        QuantityError.Ambiguous => new ScalarFault(
            LoaderCode.AmbiguousUnit, "'bps' is bytes to tc and bits to others: write kbit, mbit, gbit"),
        QuantityError.TooLarge => new ScalarFault(LoaderCode.OutOfRange, null),
        QuantityError.TooFine => new ScalarFault(LoaderCode.OutOfRange, "it has digits below the smallest unit"),
        _ => ScalarFault.Plain,
    };
}
