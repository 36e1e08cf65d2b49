using System;
using System.Collections;
using System.Collections.Generic;

namespace Netemu.Topologies.Expectations;

/// <summary>Named values in the order in which they are reported. No name stands twice.</summary>
public sealed class ObservedMapping : ObservedValue, IEnumerable<KeyValuePair<string, ObservedValue>>
{
    private readonly List<KeyValuePair<string, ObservedValue>> _entries = [];

    public int Count => _entries.Count;

    /// <summary>The value of a name, or null.</summary>
    public ObservedValue? this[string name]
    {
        get
        {
            foreach (KeyValuePair<string, ObservedValue> entry in _entries)
            {
                if (string.Equals(entry.Key, name, StringComparison.Ordinal))
                {
                    return entry.Value;
                }
            }

            return null;
        }
    }

    public void Add(string name, ObservedValue value)
    {
        if (this[name] is not null)
        {
            throw new ArgumentException($"'{name}' is reported twice", nameof(name));
        }

        _entries.Add(new(name, value));
    }

    public IEnumerator<KeyValuePair<string, ObservedValue>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _entries.GetEnumerator();
}
