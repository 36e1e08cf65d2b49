using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Calico.Yaml;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Sockets;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Loading.Binding;

namespace Netemu.Topologies.Loading.Checking;

/// <summary>
/// What a step may report under a key. An expectation of anything else could never hold (or, with <c>!=</c>, never fail), so it is
/// found when the file is read. Scalars are read by what <see cref="ScalarExpectation"/> reads them with.
/// </summary>
internal sealed class ReportValue
{
    private readonly Func<string, ScalarFault?>? _fault;

    private ReportValue(string what, Func<string, ScalarFault?>? fault) => (What, _fault) = (what, fault);

    /// <summary>Its name with an article, as findings give it.</summary>
    public string What { get; }

    /// <summary>The keys of a mapping, or of each mapping of a list; none for a scalar, and for what has keys of its own.</summary>
    public ImmutableArray<ReportKey> Keys { get; private init; } = [];

    /// <summary>Whether several are reported, in a list.</summary>
    public bool IsList { get; private init; }

    /// <summary>Whether anything may stand here: JSON, headers, texts of commands.</summary>
    public bool IsFree { get; private init; }

    /// <summary>Any text.</summary>
    public static ReportValue Text { get; } = new("a text", null);

    /// <summary>Anything, with keys that only the run knows.</summary>
    public static ReportValue Free { get; } = new("anything", null) { IsFree = true };

    public static ReportValue Number { get; } = new(
        "a number",
        static text => ScalarExpectation.ReadNumber(text) is not null ? null : ScalarFault.Plain);

    public static ReportValue Duration { get; } = new(
        "a duration such as 10ms",
        static text => Quantity.TryParseDuration(text, out Duration _) switch
        {
            QuantityError.None => null,
            QuantityError.NoUnit => new ScalarFault(LoaderCode.MissingUnit, $"add a unit: {text}ms"),
            QuantityError.UnknownUnit => ScalarFault.WithHint("units: ns, us, ms, s, min, h"),
            _ => ScalarFault.Plain,
        });

    public static ReportValue Boolean { get; } = new(
        "true or false",
        static text => ScalarExpectation.ReadBoolean(text) is not null ? null : new ScalarFault(LoaderCode.NotBoolean, null));

    public static ReportValue Address { get; } = new(
        "an IP address",
        static text => InternetAddress.TryParse(text, out _) ? null
            : InternetPrefix.TryParse(text, out _) ? ScalarFault.WithHint("an address without a prefix length is reported")
            : ScalarFault.Plain);

    public static ReportValue Prefix { get; } = new(
        "a prefix such as 10.0.0.0/24",
        static text => InternetPrefix.TryParse(text, out _) ? null : ScalarFault.Plain);

    public static ReportValue Mac { get; } = new(
        "a MAC address",
        static text => MacAddress.TryParse(text, out _) ? null : ScalarFault.Plain);

    /// <summary>A system call's error; what failed before there was one is told in words.</summary>
    public static ReportValue Error { get; } = new(
        "the name of an error such as ECONNREFUSED",
        static text => text.Contains(' ', StringComparison.Ordinal) || Enum.IsDefined(typeof(Errno), text)
            ? null
            : Unknown(text, [.. Enum.GetNames<Errno>().Where(n => n != nameof(Errno.None))]));

    /// <summary>One of some words; a number is told as one where it has no word.</summary>
    public static ReportValue Word(string what, ImmutableArray<string> words, bool orNumber = false, bool inAnyCase = false) => new(
        what,
        text => words.Contains(text, inAnyCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal) || (orNumber && ScalarExpectation.ReadNumber(text) is not null)
            ? null
            : Unknown(text, words));

    /// <summary>What something else reads: an outcome.</summary>
    public static ReportValue Of(string what, Func<string, ScalarFault?> fault) => new(what, fault);

    /// <summary>A mapping.</summary>
    public static ReportValue Mapping(params ImmutableArray<ReportKey> keys) => new("a mapping", null) { Keys = keys };

    /// <summary>A mapping, or a word instead of one.</summary>
    public static ReportValue MappingOr(string word, params ImmutableArray<ReportKey> keys) =>
        new($"a mapping or '{word}'", text => text == word ? null : ScalarFault.Plain) { Keys = keys };

    /// <summary>A list of mappings.</summary>
    public static ReportValue Mappings(params ImmutableArray<ReportKey> keys) => new("a list of mappings", null) { Keys = keys, IsList = true };

    /// <summary>A list of such values.</summary>
    public static ReportValue List(ReportValue item) => new(item.What, item._fault) { IsList = true };

    /// <summary>Why no report can have this text here; null where one can.</summary>
    public ScalarFault? Read(string text) => _fault?.Invoke(text);

    /// <summary>Whether a scalar can stand for it: a mapping with an outcome is told by that.</summary>
    public bool TakesScalars => Keys.IsEmpty || _fault is not null;

    private static ScalarFault Unknown(string text, IReadOnlyList<string> words) =>
        ScalarFault.WithHint(Spelling.Hint(text, words) ?? $"known words: {string.Join(", ", words)}");
}
