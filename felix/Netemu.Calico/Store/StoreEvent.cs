using Netemu.Calico.Resources;

namespace Netemu.Calico.Store;

/// <summary>
/// A change of one key at one revision. <paramref name="Value"/> is null for a deletion, <paramref name="Previous"/> for
/// a creation.
/// </summary>
public sealed record StoreEvent(ResourceKey Key, long Revision, Resource? Value, Resource? Previous)
{
    public StoreEventType Type => Value is null ? StoreEventType.Delete : StoreEventType.Put;
}
