using System;

namespace Netemu.Bgp.Frr;

/// <summary>
/// A "match" or "set" of a route map: the words that say what it is of, so that "no" and the next one find it, all its
/// words, and what it comes to once lists can be looked up; null where it makes no difference here.
/// </summary>
internal sealed record FrrClause<T>(string Key, string Words, Func<FrrConfiguration, T>? Make);
