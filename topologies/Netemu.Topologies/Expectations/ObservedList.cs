using System.Collections;
using System.Collections.Generic;

namespace Netemu.Topologies.Expectations;

/// <summary>Values in the order in which they were seen.</summary>
public sealed class ObservedList : ObservedValue, IEnumerable<ObservedValue>
{
    private readonly List<ObservedValue> _items = [];

    public int Count => _items.Count;

    public ObservedValue this[int index] => _items[index];

    public void Add(ObservedValue value) => _items.Add(value);

    public IEnumerator<ObservedValue> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();
}
