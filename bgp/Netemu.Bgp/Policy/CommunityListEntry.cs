using System;
using System.Collections.Generic;
using System.Text.RegularExpressions;

namespace Netemu.Bgp.Policy;

/// <summary>One line of a community list: communities that must all be there, or a regular expression over the text.</summary>
public sealed class CommunityListEntry
{
    private CommunityListEntry(bool permit, IReadOnlyList<string> communities, Regex? expression)
    {
        Permit = permit;
        Communities = communities;
        Expression = expression;
    }

    public bool Permit { get; }

    /// <summary>Of a standard entry.</summary>
    public IReadOnlyList<string> Communities { get; }

    /// <summary>Of an expanded entry; null for a standard one.</summary>
    public Regex? Expression { get; }

    /// <summary>A standard entry: it matches where every one of these is.</summary>
    public static CommunityListEntry Standard(bool permit, IReadOnlyList<string> communities) => new(permit, communities, null);

    /// <summary>An expanded entry.</summary>
    /// <exception cref="ArgumentException">The pattern is no regular expression.</exception>
    public static CommunityListEntry Expanded(bool permit, string pattern) => new(permit, [], new Regex(
        pattern.Replace("_", "(^|[ ,{}]|$)", StringComparison.Ordinal),
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking));
}
