using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Netemu.Bgp.Policy;

/// <summary>
/// A community list of FRR: entries that permit or deny, standard (all named communities must be there) or expanded (a
/// regular expression over one community's text). The first entry that matches decides.
/// </summary>
public sealed class CommunityList
{
    private readonly List<Entry> _entries = [];

    public CommunityList(string name) => Name = name;

    public string Name { get; }

    /// <summary>Adds a standard entry: it matches where every one of these is.</summary>
    public void Add(bool permit, IReadOnlyList<string> communities) => _entries.Add(new Entry(permit, communities, null));

    /// <summary>Adds an expanded entry.</summary>
    public void AddExpression(bool permit, string pattern) => _entries.Add(new Entry(permit, [], new Regex(
        pattern.Replace("_", "(^|[ ,{}]|$)", StringComparison.Ordinal),
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)));

    /// <summary>True if a route with these communities matches.</summary>
    public bool Permits<T>(IReadOnlyCollection<T> communities, bool exact)
        where T : notnull
    {
        if (_entries.Count == 0)
        {
            return false;
        }

        string[] texts = [.. communities.Select(community => community.ToString()!)];
        foreach (Entry entry in _entries)
        {
            bool matches = entry.Expression is null
                ? entry.Communities.All(texts.Contains) && (!exact || entry.Communities.Count == texts.Length)
                : entry.Expression.IsMatch(string.Join(' ', texts));
            if (matches)
            {
                return entry.Permit;
            }
        }

        return false;
    }

    /// <summary>True if the list permits one community by itself, as "set comm-list delete" asks.</summary>
    public bool Permits(string community)
    {
        foreach (Entry entry in _entries)
        {
            bool matches = entry.Expression is null
                ? entry.Communities.Count == 1 && entry.Communities[0] == community
                : entry.Expression.IsMatch(community);
            if (matches)
            {
                return entry.Permit;
            }
        }

        return false;
    }

    private sealed record Entry(bool Permit, IReadOnlyList<string> Communities, Regex? Expression);
}
