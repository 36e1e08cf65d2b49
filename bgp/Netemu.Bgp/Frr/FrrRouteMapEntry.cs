using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Policy;

namespace Netemu.Bgp.Frr;

/// <summary>"route-map NAME permit|deny SEQ" with its lines; lists are looked up when it is compiled.</summary>
internal sealed class FrrRouteMapEntry(bool permit)
{
    public bool Permit { get; set; } = permit;

    public string? Description { get; set; }

    /// <summary>In the order in which they were written.</summary>
    public List<FrrClause<PolicyMatch>> Matches { get; } = [];

    /// <summary>In the order in which they are done.</summary>
    public List<FrrClause<PolicyAction>> Sets { get; } = [];

    /// <summary>"continue [SEQ]" or "on-match next|goto": the sequence number to go on at, 0 for the next.</summary>
    public int? Continue { get; set; }

    public string? Call { get; set; }

    /// <summary>How many routes it has matched.</summary>
    public PolicyCounter Matched { get; } = new();

    /// <summary>Puts a clause in the place of the one of the same kind, at the end.</summary>
    public static void Put<T>(List<FrrClause<T>> clauses, FrrClause<T> clause)
    {
        clauses.RemoveAll(other => other.Key == clause.Key);
        clauses.Add(clause);
    }

    /// <summary>Takes out what these words name: the clause that they begin with the words of, else those that begin with them.</summary>
    public static void Remove<T>(List<FrrClause<T>> clauses, string words)
    {
        FrrClause<T>? named = clauses.Where(clause => IsBeginning(clause.Key, words)).MaxBy(clause => clause.Key.Length);
        if (named is null)
        {
            clauses.RemoveAll(clause => IsBeginning(words, clause.Key));
        }
        else
        {
            clauses.Remove(named);
        }
    }

    private static bool IsBeginning(string beginning, string words) =>
        words == beginning || words.StartsWith(beginning + " ", StringComparison.Ordinal);
}
