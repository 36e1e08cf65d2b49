using System.Collections.Generic;

namespace Netemu.Felix.Sequencing;

/// <summary>
/// Updates and removals since the last flush against what has been sent. An update to what was sent already, and the
/// removal of what never was, are nothing.
/// </summary>
internal sealed class PendingMap<TKey, TValue>(IComparer<TKey>? order = null)
    where TKey : notnull
    where TValue : notnull
{
    private readonly Dictionary<TKey, TValue> _sent = [];
    private readonly SortedDictionary<TKey, TValue> _updates = new(order);
    private readonly SortedSet<TKey> _removals = new(order);

    public void Put(TKey key, TValue value)
    {
        _removals.Remove(key);
        _updates[key] = value;
    }

    public void Remove(TKey key)
    {
        _updates.Remove(key);
        if (_sent.ContainsKey(key))
        {
            _removals.Add(key);
        }
    }

    /// <summary>The updates in key order; they count as sent from now on.</summary>
    public IReadOnlyList<(TKey Key, TValue Value)> TakeUpdates()
    {
        List<(TKey, TValue)> taken = [];
        foreach ((TKey key, TValue value) in _updates)
        {
            if (!_sent.TryGetValue(key, out TValue? known) || !known.Equals(value))
            {
                _sent[key] = value;
                taken.Add((key, value));
            }
        }

        _updates.Clear();
        return taken;
    }

    /// <summary>The removals in key order with what was sent last.</summary>
    public IReadOnlyList<(TKey Key, TValue Last)> TakeRemovals()
    {
        List<(TKey, TValue)> taken = [];
        foreach (TKey key in _removals)
        {
            _sent.Remove(key, out TValue? last);
            taken.Add((key, last!));
        }

        _removals.Clear();
        return taken;
    }
}
