using System.Collections.Generic;
using Netemu.Core.Diagnostics;

namespace Netemu.Topologies.Expectations;

/// <summary>Keys that must be seen with these values; further keys may be seen.</summary>
public sealed class ExpectedMapping : ExpectedValue
{
    public ExpectedMapping(IReadOnlyList<KeyValuePair<string, ExpectedValue>> entries, SourceRange range)
        : base(range)
    {
        Entries = entries;
    }

    public IReadOnlyList<KeyValuePair<string, ExpectedValue>> Entries { get; }
}
