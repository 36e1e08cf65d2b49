using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Yaml;

/// <summary>Makes a mapping in the order in which its keys are added; what is empty is left out.</summary>
public sealed class YamlBuilder
{
    private readonly List<YamlEntry> _entries = [];

    /// <summary>A text is quoted when it would be read as something else.</summary>
    public static YamlScalar Scalar(string text) =>
        new(text, YamlPrinter.NeedsQuotes(text) ? YamlScalarStyle.DoubleQuoted : YamlScalarStyle.Plain, SourceRange.None);

    public static YamlScalar Scalar(long number) =>
        new(number.ToString(CultureInfo.InvariantCulture), YamlScalarStyle.Plain, SourceRange.None);

    public static YamlScalar Scalar(bool value) => new(value ? "true" : "false", YamlScalarStyle.Plain, SourceRange.None);

    public YamlBuilder Add(string key, string? text) => string.IsNullOrEmpty(text) ? this : Add(key, Scalar(text));

    public YamlBuilder Add(string key, long number) => Add(key, Scalar(number));

    public YamlBuilder Add(string key, bool value) => Add(key, Scalar(value));

    public YamlBuilder Add(string key, YamlBuilder nested) => nested._entries.Count == 0 ? this : Add(key, nested.Build());

    public YamlBuilder Add(string key, YamlNode node)
    {
        _entries.Add(new YamlEntry(new YamlScalar(key, YamlScalarStyle.Plain, SourceRange.None), node));
        return this;
    }

    public YamlBuilder AddList(string key, IEnumerable<string> items) => AddList(key, items.Select(text => (YamlNode)Scalar(text)));

    public YamlBuilder AddList(string key, IEnumerable<YamlNode> items)
    {
        YamlNode[] all = [.. items];
        return all.Length == 0 ? this : Add(key, new YamlSequence(all, SourceRange.None));
    }

    public YamlBuilder AddMap(string key, IEnumerable<KeyValuePair<string, string>> pairs)
    {
        YamlBuilder nested = new();
        foreach ((string name, string value) in pairs)
        {
            nested.Add(name, Scalar(value));
        }

        return Add(key, nested);
    }

    public YamlMapping Build() => new(_entries, SourceRange.None);
}
