using System.Collections.Generic;

namespace Netemu.Topologies.Running;

/// <summary>What was seen several times, in order.</summary>
public sealed class ObservedSequence(IReadOnlyList<ObservedValue> items) : ObservedValue
{
    public IReadOnlyList<ObservedValue> Items { get; } = items;
}
