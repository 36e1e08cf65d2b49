using System;
using System.Collections.Generic;
using System.Linq;

namespace Netemu.Live.Tests;

/// <summary>Counts equal lines: order and time are not compared.</summary>
internal static class Tally
{
    public static IReadOnlyList<string> Of(IEnumerable<string> lines) =>
    [
        .. lines.GroupBy(line => line, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.Count() == 1 ? group.Key : $"{group.Count()} x {group.Key}"),
    ];
}
