using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Ipam;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Store;
using Netemu.Calico.Workloads;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;

namespace Netemu.Calico.Tests.Ipam;

public sealed class IpamTests
{
    private readonly ResourceStore _store = new();
    private readonly IpamClient _ipam;

    public IpamTests() => _ipam = new IpamClient(_store);

    [Fact]
    public void The_first_address_of_a_host_claims_a_block_and_confirms_the_affinity()
    {
        Pool("10.65.0.0/16");

        InternetAddress address = Assign("n1", "c1");

        BlockAffinity affinity = (BlockAffinity)Assert.Single(_store.List(ResourceKind.BlockAffinity)).Value;
        Assert.Equal(BlockAffinityState.Confirmed, affinity.State);
        Assert.Equal(26, affinity.Cidr.Length);
        Assert.Equal(affinity.Cidr.Address, address);
        Assert.Equal("host:n1", _store.Find<IpamBlock>(IpamBlock.KeyOf(affinity.Cidr))!.Affinity);
        Assert.Empty(Check(("c1", address)));
    }

    [Fact]
    public void Hosts_start_at_different_blocks_that_their_names_determine()
    {
        Pool("10.65.0.0/16");
        InternetAddress first = Assign("n1", "c1");
        InternetAddress second = Assign("n2", "c2");

        Assert.NotEqual(new InternetPrefix(first, 26), new InternetPrefix(second, 26));

        // Then the same names give the same blocks in another cluster.
        IpamTests other = new();
        other.Pool("10.65.0.0/16");
        Assert.Equal(second, other.Assign("n2", "c2"));
        Assert.Equal(first, other.Assign("n1", "c1"));
    }

    [Fact]
    public void The_longest_free_address_is_given_out_next()
    {
        Pool("10.65.0.0/29", blockSize: 29);
        List<InternetAddress> all = [.. Enumerable.Range(0, 8).Select(i => Assign("n1", $"c{i}"))];

        Release("c5");
        Release("c2");

        Assert.Equal(all[5], Assign("n1", "d1"));
        Assert.Equal(all[2], Assign("n1", "d2"));
        Assert.Equal(IpamError.NoFreeAddress, _ipam.Assign(new IpamRequest("n1", "d3")).RunToEnd().Error);
    }

    [Fact]
    public void A_freed_address_comes_back_after_all_others()
    {
        Pool("10.65.0.0/30", blockSize: 30);
        InternetAddress first = Assign("n1", "a");
        Release("a");

        Assert.Equal("10.65.0.1", Assign("n1", "b").ToString());
        Assert.Equal("10.65.0.2", Assign("n1", "c").ToString());
        Assert.Equal("10.65.0.3", Assign("n1", "d").ToString());
        Assert.Equal(first, Assign("n1", "e"));
    }

    [Fact]
    public void Without_a_free_block_an_address_is_borrowed_and_the_check_says_so()
    {
        Pool("10.65.0.0/30", blockSize: 30);
        InternetAddress own = Assign("n1", "c1");

        IpamAssignment borrowed = _ipam.Assign(Request("n2", "c2")).RunToEnd();

        Assert.Equal(1, borrowed.Borrowed);
        IpamFinding finding = Assert.Single(Check(("c1", own), ("c2", borrowed.Addresses[0])));
        Assert.Equal(IpamFindingKind.Borrowed, finding.Kind);
    }

    [Fact]
    public void Strict_affinity_forbids_borrowing()
    {
        Pool("10.65.0.0/30", blockSize: 30);
        _store.Put(new IpamConfiguration(new ObjectMetadata("default")) { StrictAffinity = true });
        Assign("n1", "c1");

        Assert.Equal(IpamError.NoFreeAddress, _ipam.Assign(Request("n2", "c2")).RunToEnd().Error);
        Assert.Equal(
            IpamError.StrictAffinity,
            _ipam.AssignAddress(Request("n2", "c2"), IPv4Address.Parse("10.65.0.3")).RunToEnd().Error);
    }

    [Fact]
    public void A_host_claims_no_more_than_its_limit_of_blocks()
    {
        Pool("10.65.0.0/24", blockSize: 32);
        _store.Put(new IpamConfiguration(new ObjectMetadata("default")) { StrictAffinity = true, MaxBlocksPerHost = 2 });
        Assign("n1", "c1");
        Assign("n1", "c2");

        Assert.Equal(IpamError.BlockLimit, _ipam.Assign(Request("n1", "c3")).RunToEnd().Error);
    }

    [Fact]
    public void Reserved_addresses_are_skipped_and_wholly_reserved_blocks_not_claimed()
    {
        Pool("10.65.0.0/29", blockSize: 30);
        _store.Put(new IPReservation(new ObjectMetadata("r"), [InternetPrefix.Parse("10.65.0.0/30"), InternetPrefix.Parse("10.65.0.4")]));

        Assert.Equal("10.65.0.5", Assign("n1", "c1").ToString());
        Assert.Single(_store.List(ResourceKind.IpamBlock));
    }

    [Fact]
    public void Pools_are_chosen_by_node_namespace_use_and_mode()
    {
        Put(new IPPool(new ObjectMetadata("rack"), Prefix("10.1.0.0/16")) { NodeSelector = Selector.Parse("rack == 'a'") });
        Put(new IPPool(new ObjectMetadata("red"), Prefix("10.2.0.0/16")) { NamespaceSelector = Selector.Parse("team == 'red'") });
        Put(new IPPool(new ObjectMetadata("manual"), Prefix("10.3.0.0/16")) { AssignmentMode = PoolAssignmentMode.Manual });
        Put(new IPPool(new ObjectMetadata("lb"), Prefix("10.4.0.0/16")) { AllowedUses = [PoolUse.LoadBalancer] });
        Put(new IPPool(new ObjectMetadata("off"), Prefix("10.5.0.0/16")) { Disabled = true });

        IpamRequest plain = Request("n1", "h");
        Assert.Equal(IpamError.NoPool, _ipam.Assign(plain).RunToEnd().Error);
        Assert.Equal("10.1", Network(plain with { HostLabels = LabelSet.Of(("rack", "a")) }));
        Assert.Equal("10.2", Network(plain with { NamespaceLabels = LabelSet.Of(("team", "red")) }));
        Assert.Equal("10.3", Network(plain with { RequestedPools = [Prefix("10.3.0.0/16")] }));
        Assert.Equal("10.4", Network(plain with { Use = PoolUse.LoadBalancer }));
        Assert.Equal(IpamError.PoolNotFound, _ipam.Assign(plain with { RequestedPools = [Prefix("10.5.0.0/16")] }).RunToEnd().Error);
    }

    [Fact]
    public void A_fixed_address_is_given_once_and_follows_its_pod_to_another_host()
    {
        Pool("10.65.0.0/16");
        InternetAddress address = IPv4Address.Parse("10.65.7.7");

        Assert.Equal([address], _ipam.AssignAddress(Request("n1", "c1"), address).RunToEnd().Addresses);
        Assert.Equal(IpamError.AddressInUse, _ipam.AssignAddress(Request("n2", "c2"), address).RunToEnd().Error);
        Release("c1");
        IpamAssignment moved = _ipam.AssignAddress(Request("n2", "c2"), address).RunToEnd();

        Assert.Equal(1, moved.Borrowed);
        Assert.Equal(
            IpamError.AddressOutsidePools,
            _ipam.AssignAddress(Request("n1", "c3"), IPv4Address.Parse("10.99.0.1")).RunToEnd().Error);
    }

    [Fact]
    public void A_removed_host_gives_up_empty_blocks_and_used_ones_go_with_their_last_address()
    {
        Pool("10.65.0.0/16");
        Assign("n1", "c1");
        _ipam.ReleaseHost("n1").RunToEnd();

        Assert.Empty(_store.List(ResourceKind.BlockAffinity));
        Assert.Null(((IpamBlock)Assert.Single(_store.List(ResourceKind.IpamBlock)).Value).Affinity);

        Release("c1");

        Assert.Equal(["IPPool"], _store.ListAll().Select(stored => stored.Key.Kind.ToString()));
    }

    [Fact]
    public void An_address_that_was_given_back_rests_for_the_cooldown()
    {
        Pool("10.65.0.0/31", blockSize: 31);
        _store.Put(new IpamConfiguration(new ObjectMetadata("default")) { StrictAffinity = true, Cooldown = Duration.FromSeconds(30) });
        SimTime now = SimTime.Zero;
        IpamClient ipam = new(_store, () => now);
        InternetAddress first = Assert.Single(ipam.Assign(Request("n1", "c1")).RunToEnd().Addresses);
        ipam.Assign(Request("n1", "c2")).RunToEnd();
        ipam.ReleaseHandle("c1").RunToEnd();

        // One second before the end it rests for everyone, asked for by name or not.
        now = SimTime.Zero + Duration.FromSeconds(29);
        Assert.Equal(IpamError.NoFreeAddress, ipam.Assign(Request("n1", "c3")).RunToEnd().Error);
        Assert.Equal(IpamError.AddressCooling, ipam.AssignAddress(Request("n1", "c3"), first).RunToEnd().Error);

        now = SimTime.Zero + Duration.FromSeconds(30);
        Assert.Equal([first], ipam.Assign(Request("n1", "c3")).RunToEnd().Addresses);
    }

    [Fact]
    public void An_empty_block_of_another_host_changes_hands_after_a_minute_and_before_anything_is_borrowed()
    {
        Pool("10.65.0.0/30", blockSize: 30);
        SimTime now = SimTime.Zero;
        IpamClient ipam = new(_store, () => now);
        ipam.Assign(Request("n1", "c1")).RunToEnd();
        ipam.ReleaseHandle("c1").RunToEnd();

        now = SimTime.Zero + Duration.FromSeconds(59);
        Assert.Equal(1, ipam.Assign(Request("n2", "young")).RunToEnd().Borrowed);
        ipam.ReleaseHandle("young").RunToEnd();

        now = SimTime.Zero + Duration.FromSeconds(119);
        IpamAssignment assignment = ipam.Assign(Request("n2", "old")).RunToEnd();
        Assert.Equal((0, IpamError.None), (assignment.Borrowed, assignment.Error));
        Assert.Equal("n2", ((BlockAffinity)Assert.Single(_store.List(ResourceKind.BlockAffinity)).Value).Node);
        Assert.Empty(Check(("old", assignment.Addresses[0])));
    }

    [Fact]
    public void A_block_in_use_or_with_a_resting_address_is_not_reclaimed()
    {
        Pool("10.65.0.0/30", blockSize: 30);
        _store.Put(new IpamConfiguration(new ObjectMetadata("default")) { StrictAffinity = true, Cooldown = Duration.FromSeconds(600) });
        SimTime now = SimTime.Zero;
        IpamClient ipam = new(_store, () => now);
        ipam.Assign(Request("n1", "c1")).RunToEnd();

        now = SimTime.Zero + Duration.FromSeconds(3_600);
        Assert.Equal(IpamError.NoFreeAddress, ipam.Assign(Request("n2", "c2")).RunToEnd().Error);
        ipam.ReleaseHandle("c1").RunToEnd();
        now += Duration.FromSeconds(599);
        Assert.Equal(IpamError.NoFreeAddress, ipam.Assign(Request("n2", "c2")).RunToEnd().Error);
        now += Duration.FromSeconds(1);
        Assert.Equal(IpamError.None, ipam.Assign(Request("n2", "c2")).RunToEnd().Error);
    }

    [Fact]
    public void An_owner_that_takes_an_address_while_its_block_is_being_reclaimed_keeps_the_block()
    {
        // Whatever the point at which the owner overtakes: no address has two owners and no record contradicts another.
        for (int point = 0; point < 40; point++)
        {
            ResourceStore store = new();
            store.Put(new IPPool(new ObjectMetadata("pool"), Prefix("10.65.0.0/30")) { BlockSize = 30 });
            SimTime now = SimTime.Zero;
            IpamClient ipam = new(store, () => now);
            ipam.Assign(Request("n1", "c1")).RunToEnd();
            ipam.ReleaseHandle("c1").RunToEnd();
            now = SimTime.Zero + Duration.FromSeconds(100);

            IpamOperation thief = ipam.Assign(Request("n2", "c2"));
            for (int step = 0; step < point && thief.Step(); step++)
            {
            }

            IpamAssignment owner = ipam.Assign(Request("n1", "c3")).RunToEnd();
            IpamAssignment other = thief.RunToEnd();
            if (owner.Error == IpamError.NoFreeAddress)
            {
                // The only block was on its way from hand to hand: the kubelet asks again.
                owner = ipam.Assign(Request("n1", "c3")).RunToEnd();
            }

            Assert.Equal(IpamError.None, owner.Error);
            Assert.Equal(IpamError.None, other.Error);
            KeyValuePair<InternetAddress, string>[] used = [KeyValuePair.Create(owner.Addresses[0], "c3"), KeyValuePair.Create(other.Addresses[0], "c2")];
            IReadOnlyList<IpamFinding> findings = IpamInspection.Check(store, used);
            Assert.True(findings.All(finding => finding.Kind == IpamFindingKind.Borrowed), $"{point}: {string.Join("; ", findings)}");
        }
    }

    [Fact]
    public void An_empty_block_in_a_pool_that_does_not_select_the_host_any_more_goes_with_the_next_assignment()
    {
        Pool("10.65.0.0/16");
        Assign("n1", "c1");
        Release("c1");
        Put(new IPPool(new ObjectMetadata("pool"), Prefix("10.65.0.0/16")) { NodeSelector = Selector.Parse("has(other)") });
        Put(new IPPool(new ObjectMetadata("next"), Prefix("10.66.0.0/16")));

        InternetAddress address = Assign("n1", "c2");

        Assert.StartsWith("10.66.", address.ToString(), System.StringComparison.Ordinal);
        Assert.StartsWith("10.66.", $"{((BlockAffinity)Assert.Single(_store.List(ResourceKind.BlockAffinity)).Value).Cidr}", System.StringComparison.Ordinal);
    }

    [Fact]
    public void The_garbage_collector_releases_idle_blocks_after_the_grace_period_but_never_a_nodes_last()
    {
        Pool("10.65.0.0/24", blockSize: 32);
        SimTime now = SimTime.Zero;
        PodNetwork network = new(_store, () => now);
        IpamClient ipam = new(_store, () => now);
        ipam.Assign(Request("n1", "c1")).RunToEnd();
        ipam.Assign(Request("n1", "c2")).RunToEnd();
        ipam.Assign(Request("n1", "c3")).RunToEnd();
        ipam.ReleaseHandle("c1").RunToEnd();
        ipam.ReleaseHandle("c2").RunToEnd();
        ipam.ReleaseHandle("c3").RunToEnd();

        now = SimTime.Zero + Duration.FromSeconds(899);
        Assert.Equal(0, network.ReleaseIdleBlocks());
        now = SimTime.Zero + Duration.FromSeconds(900);
        Assert.Equal(2, network.ReleaseIdleBlocks());
        Assert.Single(_store.List(ResourceKind.BlockAffinity));
        Assert.Single(_store.List(ResourceKind.IpamBlock));
        Assert.Empty(network.IdleBlocks());
    }

    [Fact]
    public void IPv6_blocks_hold_64_addresses()
    {
        Put(new IPPool(new ObjectMetadata("six"), Prefix("fd00:10::/48")));

        IpamAssignment assignment = _ipam.Assign(Request("n1", "c1") with { Family = AddressFamily.IPv6, Count = 3 }).RunToEnd();

        Assert.Equal(3, assignment.Addresses.Count);
        IpamBlock block = (IpamBlock)Assert.Single(_store.List(ResourceKind.IpamBlock)).Value;
        Assert.Equal((122, 64), (block.Cidr.Length, block.Allocations.Length));
        Assert.Equal((ulong)2, assignment.Addresses[2].IPv6.Low - assignment.Addresses[0].IPv6.Low);
    }

    [Fact]
    public void Interleaved_hosts_never_share_an_address_and_leak_none()
    {
        // Given few addresses for many hosts, and operations cut at every access to the store.
        Pool("10.65.0.0/24", blockSize: 29);
        RandomSource random = new(11, "ipam");
        List<(string Handle, IpamOperation Operation, bool IsRelease)> running = [];
        Dictionary<string, InternetAddress> held = [];
        int conflicts = 0;
        int next = 0;

        // When 20,000 operations overlap at random.
        for (int started = 0; started < 20_000 || running.Count > 0;)
        {
            if (started < 20_000 && running.Count < 20)
            {
                started++;
                if (held.Count > 0 && random.NextBelow(2) == 0)
                {
                    string handle = held.Keys.Order().ElementAt((int)random.NextBelow(held.Count));
                    held.Remove(handle);
                    running.Add((handle, _ipam.ReleaseHandle(handle), true));
                }
                else
                {
                    string handle = $"c{next++}";
                    running.Add((handle, _ipam.Assign(Request($"n{random.NextBelow(40)}", handle)), false));
                }
            }

            int index = (int)random.NextBelow(running.Count);
            (string name, IpamOperation operation, bool isRelease) = running[index];
            if (operation.Step())
            {
                continue;
            }

            running.RemoveAt(index);
            conflicts += operation.Assignment.Conflicts;
            Assert.NotEqual(IpamError.Contention, operation.Assignment.Error);
            if (!isRelease && operation.Assignment.Addresses.Count == 1)
            {
                held.Add(name, operation.Assignment.Addresses[0]);
            }
        }

        // Then races have happened, and blocks, handles and holders agree.
        Assert.True(conflicts > 100, $"{conflicts}");
        Assert.Equal(held.Count, held.Values.Distinct().Count());
        IpamFinding[] findings = [.. Check([.. held.Select(pair => (pair.Key, pair.Value))])];
        Assert.DoesNotContain(findings, finding => finding.Kind != IpamFindingKind.Borrowed);
        Assert.Equal(held.Count, IpamInspection.Show(_store).Where(row => !row.IsBlock).Sum(row => row.InUse));
    }

    [Fact]
    public void What_is_reserved_and_in_use_counts_in_both_and_is_not_free()
    {
        // Given a pool of 16 addresses in blocks of 4 with one address in use and reservations that cover it, overlap and lie partly outside.
        ResourceStore store = new();
        store.Put(new IPPool(new ObjectMetadata("p"), Prefix("10.9.0.0/28")) { BlockSize = 30 });
        IpamClient ipam = new(store);
        InternetAddress given = Assert.Single(ipam.Assign(Request("h", "a")).RunToEnd().Addresses);
        store.Put(new IPReservation(new ObjectMetadata("r"), [new InternetPrefix(given, 32), new InternetPrefix(given, 30), Prefix("10.8.0.0/24")]));

        // When usage is shown.
        IpamUsage[] rows = [.. IpamInspection.Show(store)];

        // Then the pool has four reserved, one of them in use, and twelve free; its block has none free.
        Assert.Equal(["16 1 4 12", "4 1 4 0"], rows.Select(r => $"{r.Total} {r.InUse} {r.Reserved} {r.Free}"));
    }

    private static InternetPrefix Prefix(string text) => InternetPrefix.Parse(text);

    private static IpamRequest Request(string host, string handle) =>
        new(host, handle) { Attributes = LabelSet.Of(("node", host)) };

    private string Network(IpamRequest request)
    {
        IPv4Address address = Assert.Single(_ipam.Assign(request).RunToEnd().Addresses).IPv4;
        return $"{address.Value >> 24}.{(address.Value >> 16) & 255}";
    }

    private IReadOnlyList<IpamFinding> Check(params (string Owner, InternetAddress Address)[] used) =>
        IpamInspection.Check(_store, used.Select(pair => KeyValuePair.Create(pair.Address, pair.Owner)));

    private void Put(Resource resource) => _store.Put(resource);

    private void Pool(string cidr, int blockSize = 26) =>
        Put(new IPPool(new ObjectMetadata("pool"), Prefix(cidr)) { BlockSize = blockSize });

    private InternetAddress Assign(string host, string handle) =>
        Assert.Single(_ipam.Assign(Request(host, handle)).RunToEnd().Addresses);

    private void Release(string handle) => _ipam.ReleaseHandle(handle).RunToEnd();
}
