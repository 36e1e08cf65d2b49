using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;

namespace Netemu.Cli.ClusterCommands;

/// <summary>What `kubectl -l` takes: a=b, a==b, a!=b, a, !a, a in (b,c), a notin (b,c), joined by commas.</summary>
internal sealed class LabelQuery
{
    private readonly List<LabelSelectorRequirement> _requirements = [];

    /// <summary>Reads a query; what is wrong with it, or null.</summary>
    public static LabelQuery Parse(string text, out string? fault)
    {
        LabelQuery query = new();
        fault = null;
        foreach (string part in Parts(text))
        {
            if (Requirement(part) is not { } requirement)
            {
                fault = $"unable to parse requirement: '{part}' is none of a=b, a!=b, a, !a, a in (b,c), a notin (b,c)";
                break;
            }

            query._requirements.Add(requirement);
        }

        return query;
    }

    public bool Matches(LabelSet labels) => _requirements.TrueForAll(r => r.Operator switch
    {
        LabelSelectorOperator.In => labels[r.Key] is { } value && r.Values.Contains(value),
        LabelSelectorOperator.NotIn => labels[r.Key] is not { } value || !r.Values.Contains(value),
        LabelSelectorOperator.Exists => labels.Contains(r.Key),
        _ => !labels.Contains(r.Key),
    });

    /// <summary>The requirements: a comma inside brackets parts none.</summary>
    private static IEnumerable<string> Parts(string text)
    {
        int start = 0;
        int depth = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == ',' && depth == 0))
            {
                if (text[start..i].Trim() is { Length: > 0 } part)
                {
                    yield return part;
                }

                start = i + 1;
            }
            else
            {
                depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            }
        }
    }

    private static LabelSelectorRequirement? Requirement(string text)
    {
        if (text.EndsWith(')') && text.IndexOf('(', StringComparison.Ordinal) is var open and > 0)
        {
            string[] words = text[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string[] values = [.. text[(open + 1)..^1].Split(',').Select(v => v.Trim())];
            return words is [var key, "in" or "notin"]
                ? new LabelSelectorRequirement(key, words[1] == "in" ? LabelSelectorOperator.In : LabelSelectorOperator.NotIn, values)
                : null;
        }

        foreach ((string sign, LabelSelectorOperator meaning) in new[]
            { ("!=", LabelSelectorOperator.NotIn), ("==", LabelSelectorOperator.In), ("=", LabelSelectorOperator.In) })
        {
            if (text.Split(sign, 2) is [var key, var value])
            {
                return key.Trim() is { Length: > 0 } name ? new LabelSelectorRequirement(name, meaning, [value.Trim()]) : null;
            }
        }

        return text.Contains(' ', StringComparison.Ordinal) ? null
            : text[0] == '!' ? new LabelSelectorRequirement(text[1..], LabelSelectorOperator.DoesNotExist, [])
            : new LabelSelectorRequirement(text, LabelSelectorOperator.Exists, []);
    }
}
