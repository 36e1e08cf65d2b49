using System.Collections.Generic;
using Netemu.Calico.Resources;

namespace Netemu.Calico.Store;

/// <summary>
/// The contract of etcd v3, typed: one revision counter, transactions by comparison of mod revisions, lists in key order,
/// and watches that deliver every event once, in the order of revisions.
/// </summary>
public interface IResourceStore
{
    /// <summary>The revision of the last change; 0 for an empty store.</summary>
    long Revision { get; }

    StoredResource? Get(ResourceKey key);

    /// <summary>The resources of a kind in key order; names are limited to those that start with a prefix.</summary>
    IReadOnlyList<StoredResource> List(ResourceKind kind, string? inNamespace = null, string namePrefix = "");

    /// <summary>Everything, in key order.</summary>
    IReadOnlyList<StoredResource> ListAll();

    StoreResult Commit(StoreTransaction transaction);

    /// <summary>Watches all changes after <paramref name="afterRevision"/>.</summary>
    StoreWatch Watch(long afterRevision);
}
