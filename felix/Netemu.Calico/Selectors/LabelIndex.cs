using System;
using System.Collections.Generic;

namespace Netemu.Calico.Selectors;

/// <summary>
/// Keeps the matches between selectors and labelled items up to date. A selector is filed under its
/// <see cref="LabelRestriction"/>, an item under each of its labels; a change of either evaluates only what is filed under
/// the same key and value, plus the selectors without a restriction.
/// <code>
///   item labels ----> (key, value) bucket --+
///                     key bucket -----------+--> candidate selectors --> Matches() --> started / stopped
///                     unrestricted ---------+
/// </code>
/// Every start is balanced by a stop. The order of the reports follows the history of calls; whoever needs an order that
/// depends on the state alone sorts.
/// </summary>
public sealed class LabelIndex<TItem>(ILabelIndexListener<TItem> listener)
    where TItem : notnull
{
    private readonly Dictionary<Selector, HashSet<TItem>> _matches = [];
    private readonly Dictionary<TItem, ItemEntry> _items = [];
    private readonly Dictionary<(string Key, string Value), HashSet<Selector>> _selectorsByValue = [];
    private readonly Dictionary<string, HashSet<Selector>> _selectorsByKey = new(StringComparer.Ordinal);
    private readonly HashSet<Selector> _unrestricted = [];
    private readonly Dictionary<string, Dictionary<string, HashSet<TItem>>> _itemsByLabel = new(StringComparer.Ordinal);

    /// <summary>How often a selector has been evaluated: the index's work.</summary>
    public long Evaluations { get; private set; }

    public int SelectorCount => _matches.Count;

    public int ItemCount => _items.Count;

    /// <summary>The items that <paramref name="selector"/> matches now; empty if it is unknown.</summary>
    public IReadOnlyCollection<TItem> MatchesOf(Selector selector) =>
        _matches.TryGetValue(selector, out HashSet<TItem>? items) ? items : [];

    /// <summary>The selectors that match <paramref name="item"/> now; empty if it is unknown.</summary>
    public IReadOnlyCollection<Selector> SelectorsOf(TItem item) =>
        _items.TryGetValue(item, out ItemEntry? entry) ? entry.Selectors : [];

    /// <summary>Adds a selector; does nothing if it is there.</summary>
    public void AddSelector(Selector selector)
    {
        if (!_matches.TryAdd(selector, []))
        {
            return;
        }

        File(selector);
        foreach (TItem item in CandidateItems(selector))
        {
            if (Evaluate(selector, _items[item].Labels))
            {
                Start(selector, item, _items[item]);
            }
        }
    }

    /// <summary>Removes a selector and reports the end of its matches.</summary>
    public void RemoveSelector(Selector selector)
    {
        if (!_matches.Remove(selector, out HashSet<TItem>? items))
        {
            return;
        }

        Unfile(selector);
        foreach (TItem item in items)
        {
            _items[item].Selectors.Remove(selector);
            listener.OnMatchStopped(selector, item);
        }
    }

    /// <summary>Adds an item or replaces its labels.</summary>
    public void UpdateItem(TItem item, LabelSet labels)
    {
        if (!_items.TryGetValue(item, out ItemEntry? entry))
        {
            entry = new ItemEntry(LabelSet.Empty);
            _items.Add(item, entry);
        }
        else if (entry.Labels.Equals(labels))
        {
            return;
        }

        Reindex(item, entry.Labels, labels);
        entry.Labels = labels;
        foreach (Selector selector in new List<Selector>(entry.Selectors))
        {
            if (!Evaluate(selector, labels))
            {
                Stop(selector, item, entry);
            }
        }

        foreach (Selector selector in CandidateSelectors(labels))
        {
            if (!entry.Selectors.Contains(selector) && Evaluate(selector, labels))
            {
                Start(selector, item, entry);
            }
        }
    }

    public void RemoveItem(TItem item)
    {
        if (!_items.Remove(item, out ItemEntry? entry))
        {
            return;
        }

        Reindex(item, entry.Labels, LabelSet.Empty);
        foreach (Selector selector in entry.Selectors)
        {
            _matches[selector].Remove(item);
            listener.OnMatchStopped(selector, item);
        }
    }

    private void Start(Selector selector, TItem item, ItemEntry entry)
    {
        _matches[selector].Add(item);
        entry.Selectors.Add(selector);
        listener.OnMatchStarted(selector, item);
    }

    private void Stop(Selector selector, TItem item, ItemEntry entry)
    {
        _matches[selector].Remove(item);
        entry.Selectors.Remove(selector);
        listener.OnMatchStopped(selector, item);
    }

    private bool Evaluate(Selector selector, LabelSet labels)
    {
        Evaluations++;
        return selector.Matches(labels);
    }

    private List<Selector> CandidateSelectors(LabelSet labels)
    {
        List<Selector> candidates = [.. _unrestricted];
        foreach ((string key, string value) in labels)
        {
            if (_selectorsByKey.TryGetValue(key, out HashSet<Selector>? byKey))
            {
                candidates.AddRange(byKey);
            }

            if (_selectorsByValue.TryGetValue((key, value), out HashSet<Selector>? byValue))
            {
                candidates.AddRange(byValue);
            }
        }

        return candidates;
    }

    private List<TItem> CandidateItems(Selector selector)
    {
        if (selector.Restriction is not { } restriction)
        {
            return [.. _items.Keys];
        }

        Dictionary<string, HashSet<TItem>> byValue = ItemsWith(restriction.Key);
        List<TItem> candidates = [];
        foreach (string value in restriction.Values ?? (IEnumerable<string>)byValue.Keys)
        {
            if (byValue.TryGetValue(value, out HashSet<TItem>? items))
            {
                candidates.AddRange(items);
            }
        }

        return candidates;
    }

    /// <summary>
    /// The items by the value of one label. Only labels that some selector has asked for are kept: items have many that no
    /// selector ever looks at.
    /// </summary>
    private Dictionary<string, HashSet<TItem>> ItemsWith(string key)
    {
        if (!_itemsByLabel.TryGetValue(key, out Dictionary<string, HashSet<TItem>>? byValue))
        {
            byValue = new Dictionary<string, HashSet<TItem>>(StringComparer.Ordinal);
            _itemsByLabel.Add(key, byValue);
            foreach ((TItem item, ItemEntry entry) in _items)
            {
                if (entry.Labels[key] is { } value)
                {
                    Buckets.Add(byValue, value, item);
                }
            }
        }

        return byValue;
    }

    private void File(Selector selector)
    {
        if (selector.Restriction is not { } restriction)
        {
            _unrestricted.Add(selector);
        }
        else if (restriction.Values is null)
        {
            Buckets.Add(_selectorsByKey, restriction.Key, selector);
        }
        else
        {
            foreach (string value in restriction.Values)
            {
                Buckets.Add(_selectorsByValue, (restriction.Key, value), selector);
            }
        }
    }

    private void Unfile(Selector selector)
    {
        if (selector.Restriction is not { } restriction)
        {
            _unrestricted.Remove(selector);
        }
        else if (restriction.Values is null)
        {
            Buckets.Remove(_selectorsByKey, restriction.Key, selector);
        }
        else
        {
            foreach (string value in restriction.Values)
            {
                Buckets.Remove(_selectorsByValue, (restriction.Key, value), selector);
            }
        }
    }

    private void Reindex(TItem item, LabelSet before, LabelSet after)
    {
        foreach ((string key, string value) in before)
        {
            if (after[key] != value && _itemsByLabel.TryGetValue(key, out Dictionary<string, HashSet<TItem>>? byValue))
            {
                Buckets.Remove(byValue, value, item);
            }
        }

        foreach ((string key, string value) in after)
        {
            if (before[key] != value && _itemsByLabel.TryGetValue(key, out Dictionary<string, HashSet<TItem>>? byValue))
            {
                Buckets.Add(byValue, value, item);
            }
        }
    }

    private sealed class ItemEntry(LabelSet labels)
    {
        public LabelSet Labels { get; set; } = labels;

        public HashSet<Selector> Selectors { get; } = [];
    }
}
