using System;
using System.Collections.Generic;
using Netemu.Bgp.Policy;

namespace Netemu.Bgp.Frr;

/// <summary>"route-map NAME permit|deny SEQ" with its lines; lists are looked up when it is compiled.</summary>
internal sealed class FrrRouteMapEntry(bool permit)
{
    public bool Permit { get; set; } = permit;

    /// <summary>By the words of the line, so that "no" finds them.</summary>
    public SortedDictionary<string, Func<FrrConfiguration, PolicyMatch>> Matches { get; } = new(StringComparer.Ordinal);

    public List<(string Key, Func<FrrConfiguration, PolicyAction> Action)> Sets { get; } = [];

    /// <summary>"continue [SEQ]" or "on-match next|goto": the sequence number to go on at, 0 for the next.</summary>
    public int? Continue { get; set; }

    public string? Call { get; set; }
}
