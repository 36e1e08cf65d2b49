using System;
using System.Collections.Generic;
using System.Linq;

namespace Netemu.Calico.Selectors;

/// <summary>
/// A label selector: a parsed, immutable expression. Two selectors are equal if their canonical texts are, so that equal
/// selectors share one entry in an index.
/// </summary>
public sealed class Selector : IEquatable<Selector>
{
    private readonly SelectorNode _root;
    private readonly string _text;

    internal Selector(SelectorNode root)
    {
        _root = root;
        _text = root.ToString();
        Restriction = root.Restriction;
    }

    /// <summary>all(): matches everything, an empty selector's meaning.</summary>
    public static Selector All { get; } = new(new AllNode());

    /// <summary>A necessary condition to file the selector under, or null if every label set must be tried.</summary>
    public LabelRestriction? Restriction { get; }

    /// <summary>The labels that are compared with a value (==, !=, in, not in), as (key, value) pairs.</summary>
    public IEnumerable<(string Key, string Value)> ComparedLabels => _root.ComparedLabels;

    public bool IsAll => _root is AllNode;

    public static bool TryParse(string text, out Selector selector, out SelectorError error)
    {
        SelectorParser parser = new(text);
        bool parsed = parser.TryParse(out SelectorNode? root, out error);
        selector = parsed ? new Selector(root!) : All;
        return parsed;
    }

    /// <summary>Parses a selector that is known to be valid.</summary>
    public static Selector Parse(string text) =>
        TryParse(text, out Selector selector, out SelectorError error)
            ? selector
            : throw new FormatException($"selector '{text}': {error}");

    /// <summary><paramref name="key"/> == <paramref name="value"/>.</summary>
    public static Selector Equal(string key, string value) => new(new EqualsNode(key, value));

    /// <summary><paramref name="key"/> in {values}.</summary>
    public static Selector In(string key, params string[] values) => new(new InNode(key, SelectorParser.SetOf(values)));

    /// <summary><paramref name="key"/> not in {values}; true for a missing label.</summary>
    public static Selector NotIn(string key, params string[] values) =>
        new(new NotInNode(key, SelectorParser.SetOf(values)));

    public static Selector Has(string key) => new(new HasNode(key));

    /// <summary>The conjunction; all() is its neutral element.</summary>
    public static Selector And(params Selector[] operands)
    {
        SelectorNode[] nodes =
        [
            .. operands.Where(operand => !operand.IsAll)
                .SelectMany(operand => operand._root is AndNode and ? and.Operands : [operand._root]),
        ];
        return nodes.Length switch
        {
            0 => All,
            1 => new Selector(nodes[0]),
            _ => new Selector(new AndNode(nodes)),
        };
    }

    public Selector Not() => new(new NotNode(_root));

    /// <summary>
    /// This selector of namespaces (or service accounts) as one of endpoints, which inherit those labels with
    /// <paramref name="prefix"/>: all() becomes "is in a namespace", global() "is in none".
    /// </summary>
    public Selector WithPrefix(string prefix) => new(_root.WithPrefix(prefix));

    public bool Matches(LabelSet labels) => _root.Matches(labels);

    public bool Equals(Selector? other) => other is not null && _text == other._text;

    public override bool Equals(object? obj) => Equals(obj as Selector);

    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The canonical text; it parses to an equal selector.</summary>
    public override string ToString() => _text;
}
