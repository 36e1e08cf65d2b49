using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;

namespace Netemu.Calico.Store;

/// <summary>
/// The store in process: no time passes in it. Whoever puts a network between a node and the store delays the requests and
/// the watch's events, not this object.
/// </summary>
public sealed class ResourceStore : IResourceStore
{
    private readonly Dictionary<ResourceKey, StoredResource> _values = [];
    private readonly SortedSet<ResourceKey> _keys = [];
    private readonly StoreHistory _history = new();

    /// <summary>What whole kinds were listed as last, until one of the kind is written: IPAM asks for pools with every address.</summary>
    private readonly Dictionary<ResourceKind, StoredResource[]> _lists = [];

    public long Revision { get; private set; }

    public int Count => _values.Count;

    public StoredResource? Get(ResourceKey key) => _values.GetValueOrDefault(key);

    public IReadOnlyList<StoredResource> List(ResourceKind kind, string? inNamespace = null, string namePrefix = "")
    {
        if (inNamespace is null && namePrefix.Length == 0)
        {
            if (!_lists.TryGetValue(kind, out StoredResource[]? list))
            {
                list = [.. Range(new ResourceKey(kind, string.Empty, string.Empty), new ResourceKey(kind + 1, string.Empty, string.Empty))];
                _lists.Add(kind, list);
            }

            return list;
        }

        if (inNamespace is null)
        {
            return Range(new ResourceKey(kind, string.Empty, string.Empty), new ResourceKey(kind + 1, string.Empty, string.Empty))
                .Where(stored => stored.Value.Name.StartsWith(namePrefix, StringComparison.Ordinal))
                .ToArray();
        }

        return [.. Range(new ResourceKey(kind, inNamespace, namePrefix), new ResourceKey(kind, inNamespace, namePrefix + char.MaxValue))];
    }

    public IReadOnlyList<StoredResource> ListAll() => [.. _keys.Select(key => _values[key])];

    public StoreResult Commit(StoreTransaction transaction)
    {
        foreach ((ResourceKey key, long modRevision) in transaction.Comparisons)
        {
            if ((Get(key)?.ModRevision ?? 0) != modRevision)
            {
                return new StoreResult(StoreOutcome.Conflict, Revision);
            }
        }

        long revision = Revision + 1;
        foreach ((ResourceKey key, Resource? value) in transaction.Writes)
        {
            StoredResource? previous = Get(key);
            if (previous?.ModRevision == revision)
            {
                throw new InvalidOperationException($"{key} is written twice in one transaction");
            }

            if (value is null && previous is null)
            {
                continue;
            }

            Revision = revision;
            Apply(key, value, previous);
            _history.Add(new StoreEvent(key, revision, value, previous?.Value));
        }

        return new StoreResult(StoreOutcome.Applied, Revision);
    }

    public StoreWatch Watch(long afterRevision) => new(_history, afterRevision);

    /// <summary>Forgets the events up to and at <paramref name="revision"/>; the current values stay.</summary>
    public void Compact(long revision) => _history.Compact(Math.Min(revision, Revision));

    private void Apply(ResourceKey key, Resource? value, StoredResource? previous)
    {
        _lists.Remove(key.Kind);
        if (value is null)
        {
            _values.Remove(key);
            _keys.Remove(key);
            return;
        }

        _values[key] = previous is null
            ? new StoredResource(value, Revision, Revision, 1)
            : new StoredResource(value, previous.CreateRevision, Revision, previous.Version + 1);
        _keys.Add(key);
    }

    private IEnumerable<StoredResource> Range(ResourceKey from, ResourceKey to) =>
        _keys.GetViewBetween(from, to).Select(key => _values[key]);
}
