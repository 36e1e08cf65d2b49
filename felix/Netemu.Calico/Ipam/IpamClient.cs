using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Calico.Ipam;

/// <summary>
/// Calico's block IPAM over a store that other hosts write to as well. Nothing is locked: a block, an affinity or a handle
/// is read, changed and written back only if it is still what was read. Handles are written before the block that they
/// name and corrected after it, so that an address in a block always has a handle that leads to it.
/// </summary>
/// <param name="store">Where blocks, affinities and handles are.</param>
/// <param name="clock">What time it is; without one the time stands still, nothing rests and no block is old.</param>
public sealed partial class IpamClient(IResourceStore store, Func<SimTime>? clock = null)
{
    /// <summary>How often a lost race is run again (libcalico-go's datastoreRetries).</summary>
    private const int Retries = 100;

    /// <summary>libcalico-go's default cap on claimed blocks; borrowing is not capped.</summary>
    private const int DefaultMaximumBlocks = 20;

    /// <summary>How old an empty block of another host must be before it may be taken (libcalico-go's EmptyBlockMinReclaimAge).</summary>
    private static readonly Duration _reclaimAge = Duration.FromSeconds(60);

    private static readonly IpamConfiguration _defaults = new(new ObjectMetadata("default"));

    private SimTime Now => clock?.Invoke() ?? SimTime.Zero;

    private IpamInstant Instant => new(Now, Configuration().Cooldown);

    /// <summary>Gives out addresses: from the host's own blocks, else from a new one, else from another host's.</summary>
    public IpamOperation Assign(IpamRequest request)
    {
        IpamAssignment assignment = new();
        return new IpamOperation(AssignSteps(request, assignment), assignment);
    }

    /// <summary>Gives out one fixed address (the annotation cni.projectcalico.org/ipAddrs).</summary>
    public IpamOperation AssignAddress(IpamRequest request, InternetAddress address)
    {
        IpamAssignment assignment = new();
        return new IpamOperation(AssignAddressSteps(request, address, assignment), assignment);
    }

    /// <summary>Frees every address that a handle holds.</summary>
    public IpamOperation ReleaseHandle(string handleId)
    {
        IpamAssignment assignment = new();
        return new IpamOperation(ReleaseHandleSteps(handleId, assignment), assignment);
    }

    /// <summary>Gives up a host's blocks, as for a node that is gone: those in use stay without an owner.</summary>
    public IpamOperation ReleaseHost(string host)
    {
        IpamAssignment assignment = new();
        return new IpamOperation(ReleaseHostSteps(host, assignment), assignment);
    }

    /// <summary>Gives up a host's block if nobody has an address of it; leaves it as it is otherwise.</summary>
    public IpamOperation ReleaseIdleBlock(string host, InternetPrefix cidr)
    {
        IpamAssignment assignment = new();
        return new IpamOperation(ReleaseAffinity(host, cidr, mustBeIdle: true, assignment), assignment);
    }

    private IEnumerable<T> ListOf<T>(ResourceKind kind)
        where T : Resource => store.List(kind).Select(stored => (T)stored.Value);

    private IpamConfiguration Configuration() =>
        store.Find<IpamConfiguration>(new ResourceKey(ResourceKind.IpamConfiguration, "default"))
        ?? _defaults;

    private List<InternetPrefix> Reservations() =>
        [.. ListOf<IPReservation>(ResourceKind.IPReservation).SelectMany(reservation => reservation.ReservedCidrs)];

    private List<IPPool> EnabledPools(AddressFamily family) =>
        [.. ListOf<IPPool>(ResourceKind.IPPool).Where(pool => !pool.Disabled && pool.Cidr.Family == family)];

    /// <summary>
    /// The pools that a request may use. Pools named by the request are taken as they are; the others must select the host
    /// and the namespace and be open for the use and for automatic assignment.
    /// </summary>
    private List<IPPool> PoolsFor(IpamRequest request, IpamAssignment assignment)
    {
        List<IPPool> enabled = EnabledPools(request.Family);
        List<IPPool> pools = [];
        foreach (InternetPrefix requested in request.RequestedPools)
        {
            if (enabled.Find(pool => pool.Cidr == requested) is not { } pool)
            {
                assignment.Error = IpamError.PoolNotFound;
                return [];
            }

            pools.Add(pool);
        }

        if (request.RequestedPools.Count == 0)
        {
            pools.AddRange(enabled.Where(pool => pool.AssignmentMode == PoolAssignmentMode.Automatic
                && pool.AllowedUses.Contains(request.Use)
                && pool.NodeSelector.Matches(request.HostLabels)
                && IsForNamespace(pool, request)));
        }

        assignment.Error = pools.Count == 0 ? IpamError.NoPool : IpamError.None;
        return pools;
    }

    private static bool IsForNamespace(IPPool pool, IpamRequest request) =>
        pool.NamespaceSelector is null
        || (request.NamespaceLabels is not null && pool.NamespaceSelector.Matches(request.NamespaceLabels));

    /// <summary>Adds <paramref name="change"/> to a handle's count for a block; a handle without addresses goes.</summary>
    private IEnumerable<int> CountHandle(string handleId, InternetPrefix block, int change, IpamAssignment assignment)
    {
        for (int attempt = 0; attempt < Retries; attempt++)
        {
            yield return 0;
            StoredResource? stored = store.Get(IpamHandle.KeyOf(handleId));
            ImmutableSortedDictionary<InternetPrefix, int> blocks =
                stored?.Value is IpamHandle handle ? handle.Blocks : ImmutableSortedDictionary<InternetPrefix, int>.Empty;
            int count = blocks.GetValueOrDefault(block) + change;
            blocks = count > 0 ? blocks.SetItem(block, count) : blocks.Remove(block);
            if (blocks.IsEmpty && stored is null)
            {
                yield break;
            }

            yield return 0;
            StoreResult result = blocks.IsEmpty
                ? store.Delete(IpamHandle.KeyOf(handleId), stored!.ModRevision)
                : store.Update(new IpamHandle(handleId, blocks), stored?.ModRevision ?? 0);
            if (result.IsApplied)
            {
                yield break;
            }

            assignment.Conflicts++;
        }

        assignment.Error = IpamError.Contention;
    }
}
