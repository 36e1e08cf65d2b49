using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>
/// The known keys of a mapping, stated once: the binder, "did you mean" and the JSON Schema are all made from this list.
/// </summary>
internal sealed class ObjectShape<T>(string name, string what, Func<T> create) : Value<T>, IEnumerable<Field<T>>
    where T : class
{
    private readonly string _name = name;
    private readonly string _what = what;
    private readonly Func<T> _create = create;

    private readonly List<Field<T>> _fields = [];
    private readonly Dictionary<string, Field<T>> _byName = new(StringComparer.Ordinal);

    /// <summary>What one such object is, with its article, for findings.</summary>
    public string What => _what;

    /// <summary>Whether an empty value stands for an empty object, as in <c>h1:</c>.</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>Called when all fields of a mapping are bound.</summary>
    public Action<Binder, T, YamlMapping>? Completed { get; init; }

    /// <summary>Words that iproute2 has for one of the keys, for the hint of who writes them here; beside <see cref="ForeignWords"/>.</summary>
    public IReadOnlyDictionary<string, string> OtherWords { get; init; } = new Dictionary<string, string>();

    /// <summary>Keys of which exactly one must stand; empty where there is no such rule.</summary>
    public IReadOnlyList<string> ExactlyOneOf { get; init; } = [];

    /// <summary>The object itself, so that an initializer can hold settings and fields together.</summary>
    public ObjectShape<T> Fields => this;

    public IEnumerable<string> Keys => _fields.Select(f => f.Name);

    /// <summary>Adds a key whose bound value is handed to <paramref name="set"/>.</summary>
    public void Add<TValue>(string key, Value<TValue> value, Action<T, TValue> set, string description) =>
        Add(Make(key, value, set, description, required: false));

    /// <summary>Adds a key that must stand.</summary>
    public void Add<TValue>(string key, Value<TValue> value, Action<T, TValue> set, string description, Presence presence) =>
        Add(Make(key, value, set, description, presence == Presence.Required));

    /// <summary>Adds a key with a binding of its own.</summary>
    public void Add(string key, ValueShape shape, Action<Binder, T, YamlEntry> bind, string description) =>
        Add(new Field<T>(key, description, Required: false, shape, bind));

    /// <summary>Adds the keys of another object, bound into a part of this one.</summary>
    public void Add<TPart>(ObjectShape<TPart> part, Func<T, TPart> select)
        where TPart : class
    {
        foreach (Field<TPart> field in part._fields)
        {
            Add(new Field<T>(
                field.Name, field.Description, field.Required, field.Shape, (b, target, entry) => field.Bind(b, select(target), entry)));
        }
    }

    public override bool TryBind(YamlNode node, Binder binder, out T value)
    {
        value = _create();
        return BindInto(value, node, binder, complete: true);
    }

    /// <summary>
    /// Binds the keys of a mapping into an existing object. A layer of defaults is not <paramref name="complete"/>: it may
    /// lack required keys.
    /// </summary>
    public bool BindInto(T target, YamlNode node, Binder binder, bool complete)
    {
        if (node is YamlScalar { IsNull: true } && MayBeEmpty)
        {
            Complete(target, new YamlMapping([], node.Range), binder, complete);
            return true;
        }

        if (node is not YamlMapping mapping)
        {
            string[] keys = [.. (_fields.Any(f => f.Required) ? _fields.Where(f => f.Required) : _fields.Take(2)).Select(f => $"{f.Name}: ...")];
            binder.Error(
                LoaderCode.WrongType,
                $"{_what} must be a mapping, not {node.KindName}",
                node.Range,
                keys.Length == 0 ? null : $"write it as {{{string.Join(", ", keys)}}}");
            return false;
        }

        YamlEntry? empty = null;
        foreach (YamlEntry entry in mapping.Entries)
        {
            if (_byName.TryGetValue(entry.Name, out Field<T>? field))
            {
                field.Bind(binder, target, entry);
                empty = entry.Value is YamlScalar { IsNull: true } ? entry : null;
            }
            else
            {
                string? word = OtherWords.GetValueOrDefault(entry.Name) ?? ForeignWords.Find(entry.Name, _byName.Keys);

                // What follows a key without a value was probably meant to stand below it.
                string? hint = (word is not null ? $"the key is '{word}' here" : Spelling.Hint(entry.Name, Keys))
                    ?? (empty is { } above ? $"if it belongs to '{above.Name}' at {above.Key.Range}, indent it further than that" : null);
                binder.Error(LoaderCode.UnknownKey, $"unknown key '{entry.Name}' in {_what}", entry.Key.Range, hint ?? UnknownKeyHint());
            }
        }

        return Complete(target, mapping, binder, complete);
    }

    public override JsonObject Describe(SchemaDefinitions definitions) =>
        definitions.Refer(_name, () => DescribeProperties(definitions));

    public IEnumerator<Field<T>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _fields.GetEnumerator();

    private static Field<T> Make<TValue>(
        string key, Value<TValue> value, Action<T, TValue> set, string description, bool required) =>
        new(key, description, required, value, (binder, target, entry) =>
        {
            if (value.TryBind(entry.Value, binder, out TValue bound))
            {
                set(target, bound);
            }
        });

    private void Add(Field<T> field)
    {
        _fields.Add(field);
        _byName.Add(field.Name, field);
    }

    private bool Complete(T target, YamlMapping mapping, Binder binder, bool complete)
    {
        if (target is Spec spec)
        {
            spec.Range = mapping.Range;
        }

        bool whole = !complete || HasRequired(mapping, binder);
        Completed?.Invoke(binder, target, mapping);
        return whole;
    }

    private bool HasRequired(YamlMapping mapping, Binder binder)
    {
        bool whole = true;
        foreach (Field<T> field in _fields)
        {
            if (field.Required && mapping[field.Name] is null)
            {
                binder.Error(LoaderCode.MissingKey, $"{_what} needs the key '{field.Name}'", Place(mapping), $"{field.Name}: {field.Description}");
                whole = false;
            }
        }

        if (ExactlyOneOf.Count == 0)
        {
            return whole;
        }

        List<YamlEntry> stated = [.. mapping.Entries.Where(e => ExactlyOneOf.Contains(e.Name))];
        if (stated.Count == 0)
        {
            // An unknown key is probably the one that is missing, and has its finding already.
            if (mapping.Entries.All(e => _byName.ContainsKey(e.Name)))
            {
                binder.Error(LoaderCode.MissingKey, $"{_what} needs one of the keys {Listing(ExactlyOneOf)}", Place(mapping));
            }

            return false;
        }

        if (stated.Count > 1)
        {
            binder.Error(
                LoaderCode.MisplacedKey,
                $"'{stated[1].Name}' cannot stand beside '{stated[0].Name}' in {_what}",
                stated[1].Key.Range);
        }

        return whole && stated.Count == 1;
    }

    /// <summary>Where a missing key is reported: the mapping's first line.</summary>
    private static Netemu.Core.Diagnostics.SourceRange Place(YamlMapping mapping) =>
        mapping.Entries.Count > 0 && mapping.Range.EndLine > mapping.Range.Line ? mapping.Entries[0].Key.Range : mapping.Range;

    private static string Listing(IReadOnlyList<string> words) =>
        words.Count == 1 ? $"'{words[0]}'" : $"'{string.Join("', '", words.Take(words.Count - 1))}' or '{words[^1]}'";

    private string UnknownKeyHint() => _fields.Count <= 16
        ? $"known keys: {string.Join(", ", Keys)}"
        : $"known keys: {string.Join(", ", Keys.Take(16))}, ... (netemu schema lists all)";

    private JsonObject DescribeProperties(SchemaDefinitions definitions)
    {
        JsonObject properties = [];
        JsonArray required = [];
        foreach (Field<T> field in _fields)
        {
            properties[field.Name] = field.Describe(definitions);
            if (field.Required)
            {
                required.Add((JsonNode)field.Name);
            }
        }

        JsonObject schema = new()
        {
            ["type"] = MayBeEmpty ? new JsonArray("object", "null") : "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
        };
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        if (ExactlyOneOf.Count > 0)
        {
            schema["oneOf"] = new JsonArray([.. ExactlyOneOf.Select(k => (JsonNode)new JsonObject { ["required"] = new JsonArray(k) })]);
        }

        return schema;
    }
}
