using System.Collections.Generic;
using Netemu.Core.Diagnostics;

namespace Netemu.Topologies.Expectations;

/// <summary>Items that must be seen in this order, and no others.</summary>
public sealed class ExpectedSequence : ExpectedValue
{
    public ExpectedSequence(IReadOnlyList<ExpectedValue> items, SourceRange range)
        : base(range)
    {
        Items = items;
    }

    public IReadOnlyList<ExpectedValue> Items { get; }
}
