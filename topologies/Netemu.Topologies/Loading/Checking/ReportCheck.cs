using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Calico.Yaml;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Loading.Checking;

/// <summary>
/// Holds what a step expects against what it can report (<see cref="ReportSchema"/>): a misspelt key or word, or a number without its
/// unit, would fail, or hold for ever, for no reason that anybody could see.
/// </summary>
internal static class ReportCheck
{
    public static void Run(Binder binder, StepSpec step, YamlMapping mapping)
    {
        string kind = step.Action.Kind;
        ImmutableArray<ReportKey> keys = ReportSchema.KeysOf(kind);
        if (keys.IsEmpty)
        {
            return;
        }

        if (mapping["expect"] is YamlMapping expected)
        {
            foreach (YamlEntry entry in expected.Entries)
            {
                CheckKey(binder, kind, binder.Text(entry.Key), keys, entry);
            }
        }

        // The keys that stand in the action itself (exit, count, value, state) or beside it (by) are expected as well.
        IEnumerable<KeyValuePair<string, ExpectedValue>> further = step.ExpectBy is { } by ? step.Action.Inline.Append(new("by", by)) : step.Action.Inline;
        switch (step.Expect)
        {
            case ExpectedScalar scalar when step.Action is ExecAction:
                binder.Error(
                    LoaderCode.WrongType, "what an exec must do is a mapping", scalar.Range, "write {stdout: \"...\"}, {exit: 0}, {matches: ...} or {json: ...}");
                break;

            case ExpectedScalar scalar:
                further = further.Prepend(new("outcome", scalar));
                break;

            case ExpectedSequence sequence:
                binder.Error(LoaderCode.WrongType, $"what a '{kind}' must see is a word or a mapping, not a list", sequence.Range);
                break;

            case ExpectedMapping all:
                further = all.Entries.Concat(further);
                break;
        }

        foreach ((string key, ExpectedValue value) in further)
        {
            if (Find(keys, key) is { } reported)
            {
                Check(binder, kind, reported, value);
            }

            if (key == "matches" && kind == "exec")
            {
                CheckPatterns(binder, value);
            }
        }
    }

    private static ReportKey? Find(ImmutableArray<ReportKey> keys, string name) =>
        name == ReportSchema.Frames.Name ? ReportSchema.Frames : keys.FirstOrDefault(k => k.Name == name);

    private static void CheckKey(Binder binder, string kind, string key, ImmutableArray<ReportKey> keys, YamlEntry entry)
    {
        if (Find(keys, key) is null)
        {
            UnknownKey(binder, $"'{kind}' reports no '{key}'", key, keys, entry.Key.Range);
        }
    }

    private static void UnknownKey(Binder binder, string message, string key, ImmutableArray<ReportKey> keys, SourceRange range)
    {
        IEnumerable<string> names = keys.Select(k => k.Name);
        binder.Error(LoaderCode.UnknownKey, message, range, Spelling.Hint(key, names) ?? $"it reports {string.Join(", ", names)}");
    }

    private static void Check(Binder binder, string kind, ReportKey key, ExpectedValue expected)
    {
        ReportValue value = key.Value;
        switch (expected)
        {
            case ExpectedScalar scalar:
                CheckScalar(binder, kind, key, scalar);
                break;

            case ExpectedSequence sequence when value.IsList || value.IsFree:
                foreach (ExpectedValue item in sequence.Items)
                {
                    Check(binder, kind, key, item);
                }

                break;

            case ExpectedMapping mapping when !value.Keys.IsEmpty:
                foreach ((string name, ExpectedValue child) in mapping.Entries)
                {
                    if (value.Keys.FirstOrDefault(k => k.Name == name) is { } inner)
                    {
                        Check(binder, kind, inner, child);
                    }
                    else
                    {
                        UnknownKey(binder, $"'{key.Name}' of '{kind}' has no '{name}'", name, value.Keys, child.Range);
                    }
                }

                break;

            case ExpectedMapping or ExpectedSequence when !value.IsFree:
                string found = expected is ExpectedMapping ? "a mapping" : "a list";
                binder.Error(LoaderCode.WrongType, $"'{key.Name}' of '{kind}' is {value.What}, not {found}", expected.Range);
                break;
        }
    }

    private static void CheckScalar(Binder binder, string kind, ReportKey key, ExpectedScalar scalar)
    {
        if (scalar.Comparison == Comparison.Absent)
        {
            return;
        }

        // A scalar against a list of mappings means the outcome of each, where they have one.
        ReportValue? value = key.Value.TakesScalars ? key.Value : key.Value.Keys.FirstOrDefault(k => k.Name == "outcome")?.Value;
        if (value is null)
        {
            binder.Error(LoaderCode.WrongType, $"'{key.Name}' of '{kind}' is {key.Value.What}, not a scalar", scalar.Range);
            return;
        }

        foreach (string text in (string[])(scalar.Upper is { } upper ? [scalar.Operand, upper] : [scalar.Operand]))
        {
            if (value.Read(text) is { } fault)
            {
                string message = key.Name == "outcome" ? $"'{text}' is no outcome of '{kind}'" : $"'{text}' is not {value.What}";
                binder.Error(fault.Code, message, scalar.Range, fault.Hint);
                return;
            }
        }
    }

    private static void CheckPatterns(Binder binder, ExpectedValue value)
    {
        if (value is ExpectedSequence sequence)
        {
            foreach (ExpectedValue item in sequence.Items)
            {
                CheckPatterns(binder, item);
            }
        }
        else if (value is ExpectedScalar pattern)
        {
            try
            {
                _ = OutputExpectation.Pattern(pattern.Text);
            }
            catch (Exception error) when (error is ArgumentException or NotSupportedException)
            {
                binder.Error(LoaderCode.BadValue, $"'{pattern.Text}' is no regular expression", pattern.Range, error.Message);
            }
        }
    }
}
