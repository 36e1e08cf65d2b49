using Netemu.Calico.Resources;

namespace Netemu.Calico.Store;

/// <summary>The single-key writes, spelled as transactions.</summary>
public static class ResourceStoreOperations
{
    /// <summary>Writes whatever is there.</summary>
    public static StoreResult Put(this IResourceStore store, Resource value) =>
        store.Commit(new StoreTransaction().Put(value));

    /// <summary>Writes only if the key does not exist.</summary>
    public static StoreResult Create(this IResourceStore store, Resource value) => store.Update(value, 0);

    /// <summary>Compare-and-set: writes only if the key is still at <paramref name="modRevision"/>.</summary>
    public static StoreResult Update(this IResourceStore store, Resource value, long modRevision) =>
        store.Commit(new StoreTransaction().Require(value.Key, modRevision).Put(value));

    public static StoreResult Delete(this IResourceStore store, ResourceKey key) =>
        store.Commit(new StoreTransaction().Delete(key));

    /// <summary>Compare-and-delete.</summary>
    public static StoreResult Delete(this IResourceStore store, ResourceKey key, long modRevision) =>
        store.Commit(new StoreTransaction().Require(key, modRevision).Delete(key));

    public static T? Find<T>(this IResourceStore store, ResourceKey key)
        where T : Resource => store.Get(key)?.Value as T;
}
