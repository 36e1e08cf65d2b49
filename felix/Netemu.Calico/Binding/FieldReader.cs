using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Yaml;
using Netemu.Core.Addresses;
using Netemu.Core.Diagnostics;
using Netemu.Core.Time;

namespace Netemu.Calico.Binding;

/// <summary>
/// Reads the fields of one mapping. Every field that is asked for counts as known; <see cref="Finish"/> warns of the rest.
/// What is wrong is reported with its place and path, and read as if it were absent, so that one pass finds everything.
/// </summary>
internal sealed class FieldReader
{
    private static readonly SortedDictionary<string, string> _noEntries = new(StringComparer.Ordinal);

    private readonly YamlMapping? _mapping;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public FieldReader(YamlMapping? mapping, SourceRange range, string path, DiagnosticBag diagnostics)
    {
        _mapping = mapping;
        Range = mapping?.Range ?? range;
        Path = path;
        Diagnostics = diagnostics;
    }

    public SourceRange Range { get; }

    /// <summary>The mapping's own path: "spec.ingress[0].source"; empty for the document.</summary>
    public string Path { get; }

    public DiagnosticBag Diagnostics { get; }

    public bool IsPresent => _mapping is not null;

    /// <summary>The names of the fields that stand there with a value.</summary>
    public IEnumerable<string> Names =>
        (_mapping?.Entries ?? []).Where(entry => entry.Value is not YamlScalar { IsNull: true }).Select(entry => entry.Name);

    /// <summary>A reader of the same mapping that reports elsewhere and has seen nothing yet.</summary>
    public FieldReader ReportingTo(DiagnosticBag diagnostics) => new(_mapping, Range, Path, diagnostics);

    /// <summary>Whether a field stands there with a value.</summary>
    public bool Has(string name) => Node(name) is not null;

    public SourceRange RangeOf(string name) => Node(name)?.Range ?? Range;

    public string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    /// <summary>Fields that are known and mean nothing here.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            _known.Add(name);
        }
    }

    /// <summary>Warns of every field that nobody asked for.</summary>
    public void Finish()
    {
        YamlEntry? empty = null;
        foreach (YamlEntry entry in _mapping?.Entries ?? [])
        {
            if (_known.Contains(entry.Name))
            {
                empty = entry.Value is YamlScalar { IsNull: true } ? entry : null;
            }
            else
            {
                // What follows a field without a value was probably meant to stand below it.
                Diagnostics.Warning(
                    ResourceCode.UnknownField,
                    $"unknown field '{PathOf(entry.Name)}'",
                    entry.Key.Range,
                    Path.Length == 0 && entry.Name is "steps" or "nodes" or "links" or "cluster" or "capture"
                        ? "it belongs in the topology document, which ends at the first '---'"
                        : empty is { } above ? $"if it belongs to '{above.Name}' at {above.Key.Range}, indent it further than that"
                        : Spelling.Hint(entry.Name, _known.Where(known => !_mapping!.Entries.Any(other => other.Name == known)).Order(StringComparer.Ordinal)));
            }
        }
    }

    public void Error(string name, string message, string code = ResourceCode.InvalidValue, string? hint = null) =>
        Diagnostics.Error(code, $"'{PathOf(name)}': {message}", RangeOf(name), hint);

    public void Unsupported(string name, string message) =>
        Diagnostics.Unsupported(ResourceCode.Unsupported, $"'{PathOf(name)}': {message}", RangeOf(name));

    /// <summary>A field that is understood and changes nothing here: its author is told so, and why.</summary>
    public void HasNoEffect(string name, string why)
    {
        if (Has(name))
        {
            Diagnostics.Warning(ResourceCode.Ignored, $"'{PathOf(name)}' has no effect: {why}", RangeOf(name));
        }
    }

    public FieldReader Object(string name)
    {
        YamlNode? node = Node(name);
        if (node is not null and not YamlMapping)
        {
            WrongType(name, node, "a mapping");
        }

        return new FieldReader(node as YamlMapping, node?.Range ?? Range, PathOf(name), Diagnostics);
    }

    public IReadOnlyList<FieldReader> Objects(string name)
    {
        List<FieldReader> objects = [];
        foreach ((YamlNode item, string path) in Items(name))
        {
            if (item is YamlMapping mapping)
            {
                objects.Add(new FieldReader(mapping, item.Range, path, Diagnostics));
            }
            else if (item is YamlScalar { IsNull: true })
            {
                objects.Add(new FieldReader(null, item.Range, path, Diagnostics));
            }
            else
            {
                Diagnostics.Error(ResourceCode.WrongType, $"'{path}': {item.KindName} where a mapping should stand", item.Range);
            }
        }

        return objects;
    }

    public string? Text(string name)
    {
        switch (Node(name))
        {
            case null:
                return null;
            case YamlScalar scalar:
                return scalar.Value;
            case YamlNode node:
                WrongType(name, node, "a string");
                return null;
        }
    }

    public string Required(string name)
    {
        if (Text(name) is { Length: > 0 } text)
        {
            return text;
        }

        if (IsPresent || Path.Length == 0)
        {
            Diagnostics.Error(ResourceCode.Missing, $"'{PathOf(name)}' is missing", RangeOf(name));
        }

        return string.Empty;
    }

    public bool Flag(string name, bool absent = false) => Flag(name) ?? absent;

    public bool? Flag(string name)
    {
        if (Node(name) is not { } node)
        {
            return null;
        }

        if (node is YamlScalar scalar && scalar.TryGetBoolean(out bool value))
        {
            return value;
        }

        string? hint = node is YamlScalar { IsLegacyBoolean: true } ? "write true or false" : null;
        Error(name, "true or false should stand here", ResourceCode.WrongType, hint);
        return null;
    }

    public long? Integer(string name, long minimum, long maximum)
    {
        if (Node(name) is not { } node)
        {
            return null;
        }

        if (node is YamlScalar scalar && scalar.TryGetInteger(out long value))
        {
            if (value >= minimum && value <= maximum)
            {
                return value;
            }

            Error(name, $"{value} is not between {minimum} and {maximum}");
            return null;
        }

        WrongType(name, node, "an integer");
        return null;
    }

    public decimal? Number(string name)
    {
        if (Node(name) is not { } node)
        {
            return null;
        }

        if (node is YamlScalar { IsPlain: true } scalar
            && decimal.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value))
        {
            return value;
        }

        WrongType(name, node, "a number");
        return null;
    }

    /// <summary>One of the words given; the first one's value where the field is absent.</summary>
    public T Choice<T>(string name, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        if (Text(name) is not { Length: > 0 } text)
        {
            return choices[0].Value;
        }

        List<string> words = [];
        foreach ((string word, T value) in choices)
        {
            if (string.Equals(word, text, StringComparison.Ordinal))
            {
                return value;
            }

            words.Add(word);
        }

        Error(name, $"'{text}' is not one of {string.Join(", ", words)}", hint: Spelling.Hint(text, words));
        return choices[0].Value;
    }

    /// <summary>A value with its own parser.</summary>
    public T? Parsed<T>(string name, TextParser<T> parser, string what)
        where T : struct
    {
        if (Text(name) is not { Length: > 0 } text)
        {
            return null;
        }

        if (parser(text, out T value))
        {
            return value;
        }

        Error(name, $"'{text}' is not {what}");
        return null;
    }

    public IReadOnlyList<T> ParsedList<T>(string name, TextParser<T> parser, string what)
    {
        List<T> values = [];
        foreach ((YamlNode item, string path) in Items(name))
        {
            if (item is YamlScalar scalar && parser(scalar.Value, out T value))
            {
                values.Add(value);
            }
            else
            {
                string text = item is YamlScalar wrong ? $"'{wrong.Value}'" : item.KindName;
                Diagnostics.Error(ResourceCode.InvalidValue, $"'{path}': {text} is not {what}", item.Range);
            }
        }

        return values;
    }

    public IReadOnlyList<string> Texts(string name) =>
        ParsedList(name, static (string text, out string value) => (value = text).Length > 0, "a name");

    public InternetAddress? Address(string name) =>
        Parsed(name, static (string text, out InternetAddress value) => InternetAddress.TryParse(text, out value), "an IP address");

    public IReadOnlyList<InternetAddress> Addresses(string name) =>
        ParsedList(name, static (string text, out InternetAddress value) => InternetAddress.TryParse(text, out value), "an IP address");

    public InternetPrefix? Prefix(string name) =>
        Parsed(name, static (string text, out InternetPrefix value) => InternetPrefix.TryParse(text, out value), "a CIDR");

    public IReadOnlyList<InternetPrefix> Prefixes(string name) =>
        ParsedList(name, static (string text, out InternetPrefix value) => InternetPrefix.TryParse(text, out value), "a CIDR");

    public IPProtocol? Protocol(string name) =>
        Parsed(name, static (string text, out IPProtocol value) => IPProtocol.TryParse(text, out value), "a protocol (TCP, UDP, ICMP, ICMPv6, SCTP, UDPLite, 1-255)");

    public ushort? Port(string name) => (ushort?)Integer(name, 1, 65_535);

    /// <summary>A selector; null where the field is absent or empty.</summary>
    public Selector? Selector(string name)
    {
        if (Text(name) is not { } text || text.AsSpan().Trim(" \t").IsEmpty)
        {
            return null;
        }

        if (Selectors.Selector.TryParse(text, out Selector selector, out SelectorError error))
        {
            return selector;
        }

        // In a one-line scalar the place inside it is known too.
        SourceRange range = RangeOf(name);
        int quote = Node(name) is YamlScalar { IsPlain: true } ? 0 : 1;
        if (range.Line == range.EndLine && range.Line > 0)
        {
            range = range with { Column = range.Column + quote + error.Offset, EndColumn = range.EndColumn };
        }

        string? hint = error.Offset < text.Length && text[error.Offset..].TrimStart() is ['=', not '=', ..] ? "write == to compare: app == 'web'" : null;
        Diagnostics.Error(ResourceCode.Selector, $"'{PathOf(name)}': {error.Message} in selector '{text}'", range, hint);
        return null;
    }

    /// <summary>A span such as "30s", "1m30s", "500ms" or a bare number of seconds.</summary>
    public Duration? Span(string name) => Parsed<Duration>(name, GoDuration.TryParse, "a duration such as 30s or 1m30s");

    /// <summary>A mapping of strings (labels, annotations).</summary>
    public LabelSet StringMap(string name)
    {
        FieldReader reader = Object(name);
        SortedDictionary<string, string> pairs = reader.IsPresent ? new(StringComparer.Ordinal) : _noEntries;
        foreach (YamlEntry entry in reader._mapping?.Entries ?? [])
        {
            if (entry.Value is YamlScalar { IsPlain: true, IsNull: false } typed && (typed.TryGetBoolean(out _) || typed.TryGetInteger(out _)))
            {
                reader.Error(entry.Name, $"{typed.Value} is no string, and the API server takes nothing else", ResourceCode.WrongType, $"quote it: \"{typed.Value}\"");
            }
            else if (entry.Value is YamlScalar value)
            {
                pairs[entry.Name] = value.IsNull ? string.Empty : value.Value;
            }
            else
            {
                reader.WrongType(entry.Name, entry.Value, "a string");
            }
        }

        return LabelSet.From(pairs);
    }

    /// <summary>The items of a sequence field with their paths.</summary>
    private IEnumerable<(YamlNode Item, string Path)> Items(string name)
    {
        YamlNode? node = Node(name);
        if (node is null)
        {
            return [];
        }

        if (node is YamlSequence sequence)
        {
            return sequence.Items.Select((item, index) => (item, $"{PathOf(name)}[{index}]"));
        }

        WrongType(name, node, "a sequence");
        return [];
    }

    private void WrongType(string name, YamlNode node, string expected) =>
        Diagnostics.Error(
            ResourceCode.WrongType, $"'{PathOf(name)}': {node.KindName} where {expected} should stand", node.Range);

    /// <summary>A field's node, null where it is absent or null; the field counts as known from now on.</summary>
    private YamlNode? Node(string name)
    {
        _known.Add(name);
        YamlNode? node = _mapping?[name];
        return node is YamlScalar { IsNull: true } ? null : node;
    }
}
