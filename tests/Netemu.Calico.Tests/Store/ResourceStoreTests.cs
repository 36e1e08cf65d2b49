using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Tests.Store;

public sealed class ResourceStoreTests
{
    private readonly ResourceStore _store = new();

    [Fact]
    public void Each_write_gets_the_next_revision_and_the_key_counts_its_writes()
    {
        _store.Put(Pool("a"));
        _store.Put(Pool("b"));
        _store.Put(Pool("a"));

        StoredResource stored = _store.Get(Pool("a").Key)!;
        Assert.Equal((1, 3, 2), (stored.CreateRevision, stored.ModRevision, stored.Version));
        Assert.Equal(3, _store.Revision);
    }

    [Fact]
    public void A_key_that_is_deleted_and_created_again_starts_anew()
    {
        _store.Put(Pool("a"));
        _store.Delete(Pool("a").Key);
        _store.Create(Pool("a"));

        StoredResource stored = _store.Get(Pool("a").Key)!;
        Assert.Equal((3, 3, 1), (stored.CreateRevision, stored.ModRevision, stored.Version));
    }

    [Fact]
    public void Compare_and_set_applies_only_to_what_was_read()
    {
        StoreResult created = _store.Create(Pool("a"));
        Assert.Equal(StoreOutcome.Conflict, _store.Create(Pool("a")).Outcome);
        Assert.True(_store.Update(Pool("a"), created.Revision).IsApplied);
        Assert.Equal(StoreOutcome.Conflict, _store.Update(Pool("a"), created.Revision).Outcome);
        Assert.Equal(StoreOutcome.Conflict, _store.Delete(Pool("a").Key, created.Revision).Outcome);
        Assert.Equal(2, _store.Revision);
    }

    [Fact]
    public void A_transaction_is_applied_whole_at_one_revision_or_not_at_all()
    {
        StoreTransaction both = new StoreTransaction().Require(Pool("b").Key, 0).Put(Pool("a")).Put(Pool("b"));
        Assert.Equal(new StoreResult(StoreOutcome.Applied, 1), _store.Commit(both));
        Assert.Equal(new StoreResult(StoreOutcome.Conflict, 1), _store.Commit(both));
        Assert.All(_store.ListAll(), stored => Assert.Equal(1, stored.ModRevision));
    }

    [Fact]
    public void Deleting_what_is_not_there_changes_nothing()
    {
        Assert.Equal(new StoreResult(StoreOutcome.Applied, 0), _store.Delete(Pool("a").Key));
    }

    [Fact]
    public void Lists_are_in_key_order_and_limited_to_kind_namespace_and_prefix()
    {
        _store.Put(Pool("b-2"));
        _store.Put(Pool("b-1"));
        _store.Put(Pool("a"));
        _store.Put(new IPReservation(new ObjectMetadata("b-0"), []));

        Assert.Equal(["a", "b-1", "b-2"], _store.List(ResourceKind.IPPool).Select(stored => stored.Value.Name));
        Assert.Equal(["b-1", "b-2"], _store.List(ResourceKind.IPPool, string.Empty, "b-").Select(stored => stored.Value.Name));
        Assert.Equal(["b-1", "b-2"], _store.List(ResourceKind.IPPool, null, "b-").Select(stored => stored.Value.Name));
    }

    [Fact]
    public void A_watch_delivers_each_event_once_in_order_revision_by_revision()
    {
        _store.Put(Pool("a"));
        StoreWatch watch = _store.Watch(1);
        Assert.False(watch.HasEvents);

        _store.Commit(new StoreTransaction().Put(Pool("b")).Put(Pool("c")));
        _store.Delete(Pool("a").Key);

        List<StoreEvent> events = [];
        Assert.True(watch.TryReadRevision(events));
        Assert.Equal(["b", "c"], events.Select(change => change.Key.Name));
        Assert.Equal(2, watch.Revision);
        events.Clear();
        Assert.True(watch.TryReadRevision(events));
        Assert.Equal(StoreEventType.Delete, Assert.Single(events).Type);
        Assert.Equal("a", events[0].Previous!.Name);
        Assert.False(watch.TryReadRevision(events));
    }

    [Fact]
    public void A_watch_from_the_past_replays_it_unless_it_was_compacted()
    {
        _store.Put(Pool("a"));
        _store.Put(Pool("b"));
        Assert.Equal(2, _store.Watch(0).ReadAll().Count);
        StoreWatch slow = _store.Watch(0);

        _store.Compact(1);

        Assert.True(slow.IsCompacted);
        Assert.True(_store.Watch(0).IsCompacted);
        Assert.Empty(slow.ReadAll());
        Assert.Equal("b", Assert.Single(_store.Watch(1).ReadAll()).Key.Name);
    }

    private static IPPool Pool(string name) => new(new ObjectMetadata(name), InternetPrefix.Parse("10.65.0.0/16"));
}
