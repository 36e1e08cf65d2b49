using System;
using System.Collections.Generic;
using System.Linq;

namespace Netemu.Calico.Selectors;

/// <summary>A node of a selector's syntax tree. Its text is canonical: equal trees have equal texts.</summary>
internal abstract record SelectorNode
{
    public abstract bool Matches(LabelSet labels);

    /// <summary>A condition that every matching label set fulfils, or null if none is known.</summary>
    public virtual LabelRestriction? Restriction => null;

    /// <summary>The (label, value) pairs that the tree compares.</summary>
    public virtual IEnumerable<(string Key, string Value)> ComparedLabels => [];

    /// <summary>
    /// The tree over labels inherited with a prefix, where all() and global() speak of namespaces, and all() of service
    /// accounts with theirs.
    /// </summary>
    public abstract SelectorNode WithPrefix(string prefix);

    public abstract override string ToString();
}

internal sealed record AllNode : SelectorNode
{
    public override bool Matches(LabelSet labels) => true;

    public override SelectorNode WithPrefix(string prefix) =>
        new HasNode(prefix == WellKnownLabels.ServiceAccountPrefix ? WellKnownLabels.ServiceAccount : WellKnownLabels.Namespace);

    public override string ToString() => "all()";
}

internal sealed record GlobalNode : SelectorNode
{
    public override bool Matches(LabelSet labels) => !labels.Contains(WellKnownLabels.Namespace);

    public override SelectorNode WithPrefix(string prefix) => new NotNode(new HasNode(WellKnownLabels.Namespace));

    public override string ToString() => "global()";
}

internal sealed record HasNode(string Key) : SelectorNode
{
    public override LabelRestriction Restriction => new(Key, null);

    public override bool Matches(LabelSet labels) => labels.Contains(Key);

    public override SelectorNode WithPrefix(string prefix) => new HasNode(prefix + Key);

    public override string ToString() => $"has({Key})";
}

internal sealed record EqualsNode(string Key, string Value) : SelectorNode
{
    public override IEnumerable<(string Key, string Value)> ComparedLabels => [(Key, Value)];

    public override LabelRestriction Restriction => new(Key, [Value]);

    public override bool Matches(LabelSet labels) => labels.TryGet(Key, out string value) && value == Value;

    public override SelectorNode WithPrefix(string prefix) => this with { Key = prefix + Key };

    public override string ToString() => $"{Key} == {SelectorText.Quote(Value)}";
}

internal sealed record NotEqualsNode(string Key, string Value) : SelectorNode
{
    public override IEnumerable<(string Key, string Value)> ComparedLabels => [(Key, Value)];

    public override bool Matches(LabelSet labels) => !labels.TryGet(Key, out string value) || value != Value;

    public override SelectorNode WithPrefix(string prefix) => this with { Key = prefix + Key };

    public override string ToString() => $"{Key} != {SelectorText.Quote(Value)}";
}

/// <summary>Set membership; <paramref name="Values"/> is sorted and free of duplicates.</summary>
internal sealed record InNode(string Key, string[] Values) : SelectorNode
{
    public override IEnumerable<(string Key, string Value)> ComparedLabels => Values.Select(value => (Key, value));

    public override LabelRestriction Restriction => new(Key, Values);

    public override bool Matches(LabelSet labels) =>
        labels.TryGet(Key, out string value) && Array.BinarySearch(Values, value, StringComparer.Ordinal) >= 0;

    public override SelectorNode WithPrefix(string prefix) => this with { Key = prefix + Key };

    public override string ToString() => $"{Key} in {SelectorText.Set(Values)}";
}

/// <summary>Set exclusion; true for a missing label. <paramref name="Values"/> as in <see cref="InNode"/>.</summary>
internal sealed record NotInNode(string Key, string[] Values) : SelectorNode
{
    public override IEnumerable<(string Key, string Value)> ComparedLabels => Values.Select(value => (Key, value));

    public override bool Matches(LabelSet labels) =>
        !labels.TryGet(Key, out string value) || Array.BinarySearch(Values, value, StringComparer.Ordinal) < 0;

    public override SelectorNode WithPrefix(string prefix) => this with { Key = prefix + Key };

    public override string ToString() => $"{Key} not in {SelectorText.Set(Values)}";
}

/// <summary>contains, starts with and ends with; false for a missing label.</summary>
internal sealed record SubstringNode(string Key, SubstringOperator Operator, string Value) : SelectorNode
{
    public override LabelRestriction Restriction => new(Key, null);

    public override bool Matches(LabelSet labels) => labels.TryGet(Key, out string value) && Operator switch
    {
        SubstringOperator.Contains => value.Contains(Value, StringComparison.Ordinal),
        SubstringOperator.StartsWith => value.StartsWith(Value, StringComparison.Ordinal),
        _ => value.EndsWith(Value, StringComparison.Ordinal),
    };

    public override SelectorNode WithPrefix(string prefix) => this with { Key = prefix + Key };

    public override string ToString() => $"{Key} {SelectorText.Of(Operator)} {SelectorText.Quote(Value)}";
}

internal sealed record NotNode(SelectorNode Operand) : SelectorNode
{
    public override IEnumerable<(string Key, string Value)> ComparedLabels => Operand.ComparedLabels;

    public override bool Matches(LabelSet labels) => !Operand.Matches(labels);

    public override SelectorNode WithPrefix(string prefix) => new NotNode(Operand.WithPrefix(prefix));

    public override string ToString() => $"!{Operand}";
}

internal sealed record AndNode(SelectorNode[] Operands) : SelectorNode
{
    public override IEnumerable<(string Key, string Value)> ComparedLabels =>
        Operands.SelectMany(operand => operand.ComparedLabels);

    /// <summary>The narrowest of the operands' restrictions: any of them holds for the whole.</summary>
    public override LabelRestriction? Restriction
    {
        get
        {
            LabelRestriction? best = null;
            foreach (SelectorNode operand in Operands)
            {
                if (operand.Restriction is { } candidate && IsNarrower(candidate, best))
                {
                    best = candidate;
                }
            }

            return best;
        }
    }

    public override bool Matches(LabelSet labels)
    {
        foreach (SelectorNode operand in Operands)
        {
            if (!operand.Matches(labels))
            {
                return false;
            }
        }

        return true;
    }

    public override SelectorNode WithPrefix(string prefix) =>
        new AndNode([.. Operands.Select(operand => operand.WithPrefix(prefix))]);

    public override string ToString() => $"({string.Join<SelectorNode>(" && ", Operands)})";

    /// <summary>
    /// Values beat presence, fewer values beat more; labels that almost everything in a namespace or cluster shares
    /// are poor keys and lose against any other.
    /// </summary>
    private static bool IsNarrower(LabelRestriction candidate, LabelRestriction? best) =>
        best is null || Rank(candidate) < Rank(best);

    private static int Rank(LabelRestriction restriction)
    {
        int values = restriction.Values?.Count ?? 1_000_000;
        return restriction.Key == WellKnownLabels.Orchestrator ? values + 2_000_000
            : restriction.Key == WellKnownLabels.Namespace ? values + 1_000
            : values;
    }
}

internal sealed record OrNode(SelectorNode[] Operands) : SelectorNode
{
    public override IEnumerable<(string Key, string Value)> ComparedLabels =>
        Operands.SelectMany(operand => operand.ComparedLabels);

    /// <summary>Known only if every operand restricts the same label.</summary>
    public override LabelRestriction? Restriction
    {
        get
        {
            string? key = null;
            List<string>? values = [];
            foreach (SelectorNode operand in Operands)
            {
                if (operand.Restriction is not { } restriction || (key ??= restriction.Key) != restriction.Key)
                {
                    return null;
                }

                if (restriction.Values is null)
                {
                    values = null;
                }

                values?.AddRange(restriction.Values!);
            }

            return new LabelRestriction(key!, values?.Distinct(StringComparer.Ordinal).ToArray());
        }
    }

    public override bool Matches(LabelSet labels)
    {
        foreach (SelectorNode operand in Operands)
        {
            if (operand.Matches(labels))
            {
                return true;
            }
        }

        return false;
    }

    public override SelectorNode WithPrefix(string prefix) =>
        new OrNode([.. Operands.Select(operand => operand.WithPrefix(prefix))]);

    public override string ToString() => $"({string.Join<SelectorNode>(" || ", Operands)})";
}
