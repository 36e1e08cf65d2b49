using System.Collections.Generic;
using Netemu.Calico.Resources;

namespace Netemu.Calico.Store;

/// <summary>
/// Comparisons and writes that happen together or not at all (etcd's Txn without an else branch). A comparison names the
/// mod revision that a key must have; 0 means that the key must not exist. As in etcd, one transaction writes a key once.
/// </summary>
public sealed class StoreTransaction
{
    private readonly List<(ResourceKey Key, long ModRevision)> _comparisons = [];
    private readonly List<(ResourceKey Key, Resource? Value)> _writes = [];

    public IReadOnlyList<(ResourceKey Key, long ModRevision)> Comparisons => _comparisons;

    public IReadOnlyList<(ResourceKey Key, Resource? Value)> Writes => _writes;

    public StoreTransaction Require(ResourceKey key, long modRevision)
    {
        _comparisons.Add((key, modRevision));
        return this;
    }

    public StoreTransaction Put(Resource value)
    {
        _writes.Add((value.Key, value));
        return this;
    }

    public StoreTransaction Delete(ResourceKey key)
    {
        _writes.Add((key, null));
        return this;
    }
}
