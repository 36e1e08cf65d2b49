using System;

namespace Netemu.Bgp.Frr;

/// <summary>
/// A "match" or "set" of a route map: which of the statements it is, all its words, and what it comes to once lists can be
/// looked up; null where it makes no difference here.
/// </summary>
internal sealed record FrrClause<T>(FrrClauseStatement<T> Statement, string Words, Func<FrrConfiguration, T>? Make)
{
    /// <summary>The words that say what it is of, so that "no" and the next one find it.</summary>
    public string Key => Statement.Key;
}
