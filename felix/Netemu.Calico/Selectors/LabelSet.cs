using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace Netemu.Calico.Selectors;

/// <summary>The labels of an object: an immutable map, ordered by key, compared by content.</summary>
public sealed class LabelSet : IReadOnlyCollection<KeyValuePair<string, string>>, IEquatable<LabelSet>
{
    private readonly KeyValuePair<string, string>[] _pairs;

    private LabelSet(KeyValuePair<string, string>[] sorted) => _pairs = sorted;

    public static LabelSet Empty { get; } = new([]);

    public int Count => _pairs.Length;

    /// <summary>The value of <paramref name="key"/>, or null.</summary>
    public string? this[string key] => TryGet(key, out string? value) ? value : null;

    /// <summary>A set of the given pairs; of equal keys the last one counts.</summary>
    public static LabelSet From(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        SortedDictionary<string, string> sorted = new(StringComparer.Ordinal);
        foreach ((string key, string value) in pairs)
        {
            sorted[key] = value;
        }

        return sorted.Count == 0 ? Empty : new LabelSet([.. sorted]);
    }

    public static LabelSet Of(params (string Key, string Value)[] pairs) =>
        From(pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)));

    public bool TryGet(string key, out string value)
    {
        int low = 0;
        int high = _pairs.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = string.CompareOrdinal(_pairs[middle].Key, key);
            if (order == 0)
            {
                value = _pairs[middle].Value;
                return true;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        value = string.Empty;
        return false;
    }

    public bool Contains(string key) => TryGet(key, out _);

    public LabelSet With(string key, string value) => From(_pairs.Append(KeyValuePair.Create(key, value)));

    /// <summary>These labels over inherited ones: of equal keys, this set's value counts.</summary>
    public LabelSet Over(LabelSet inherited) =>
        inherited.Count == 0 ? this : Count == 0 ? inherited : From(inherited._pairs.Concat(_pairs));

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, string>>)_pairs).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(LabelSet? other) => other is not null && _pairs.AsSpan().SequenceEqual(other._pairs);

    public override bool Equals(object? obj) => Equals(obj as LabelSet);

    public override int GetHashCode() => _pairs.Length == 0 ? 0 : _pairs[0].GetHashCode() * 31 + _pairs.Length;

    public override string ToString() => string.Join(",", _pairs.Select(pair => $"{pair.Key}={pair.Value}"));
}
