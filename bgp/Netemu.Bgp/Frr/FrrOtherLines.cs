using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Netemu.Bgp.Frr;

/// <summary>
/// Lines that make no difference to what is announced or chosen here, kept for what is shown. One takes the place of
/// another that differs in its numbers only.
/// </summary>
internal sealed class FrrOtherLines : IEnumerable<string>
{
    /// <summary>What holds unless a "no" stands before it.</summary>
    private static readonly ImmutableArray<string> _byDefault =
        ["bgp fast-external-failover", "bgp hard-administrative-reset", "ipv6 nd suppress-ra", "ip forwarding", "ipv6 forwarding"];

    private readonly List<(string Key, string Words)> _lines = [];

    /// <summary>Takes all of a line.</summary>
    public bool Note(FrrWords line)
    {
        line.Rest();
        bool negated = line.IsNegated;
        string words = line.TextFrom(negated ? 1 : 0);
        string key = KeyOf(words);
        _lines.RemoveAll(line => line.Key == key || (negated && line.Key.StartsWith(key + " ", StringComparison.Ordinal)));
        if (_byDefault.Contains(key) == negated)
        {
            _lines.Add((key, negated ? "no " + words : words));
        }

        return true;
    }

    public IEnumerator<string> GetEnumerator() => _lines.Select(line => line.Words).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string KeyOf(string words) => string.Join(' ', words.Split(' ').Where(word => !char.IsAsciiDigit(word[0])));
}
