using Netemu.Calico.Resources;

namespace Netemu.Calico.Store;

/// <summary>
/// A resource with the store's bookkeeping, as etcd keeps it: the revision that created the key, the one that last changed
/// it (Kubernetes' resourceVersion), and how often it has been written since its creation.
/// </summary>
public sealed record StoredResource(Resource Value, long CreateRevision, long ModRevision, long Version)
{
    public ResourceKey Key => Value.Key;
}
