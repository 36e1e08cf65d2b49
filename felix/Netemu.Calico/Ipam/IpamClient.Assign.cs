using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;

namespace Netemu.Calico.Ipam;

/// <content>Giving out addresses.</content>
public sealed partial class IpamClient
{
    private IEnumerable<int> AssignSteps(IpamRequest request, IpamAssignment assignment)
    {
        yield return 0;
        List<IPPool> pools = PoolsFor(request, assignment);
        if (pools.Count == 0)
        {
            yield break;
        }

        List<InternetPrefix> reserved = Reservations();
        IpamConfiguration configuration = Configuration();

        // The host's own blocks, in the order of the pools.
        yield return 0;
        List<BlockAffinity> own = AffinitiesOf(request.Host, pools);
        if (request.RequestedPools.Count == 0)
        {
            foreach (int step in ReleaseForeignBlocks(request, pools, assignment))
            {
                yield return step;
            }
        }

        foreach (BlockAffinity affinity in own)
        {
            BlockClaim claim = new();
            foreach (int step in ClaimBlock(request.Host, affinity.Cidr, claim, assignment))
            {
                yield return step;
            }

            foreach (int step in AssignFromBlock(affinity.Cidr, request, false, reserved, assignment))
            {
                yield return step;
            }

            if (assignment.Addresses.Count == request.Count)
            {
                yield break;
            }
        }

        // New blocks.
        int owned = own.Count;
        int maximum = configuration.MaxBlocksPerHost > 0 ? configuration.MaxBlocksPerHost : DefaultMaximumBlocks;
        bool mayClaim = configuration.AutoAllocateBlocks;
        while (mayClaim && owned < maximum)
        {
            BlockClaim claim = new();
            foreach (int step in ClaimNewBlock(request.Host, pools, reserved, claim, assignment))
            {
                yield return step;
            }

            if (claim.Block is null)
            {
                foreach (int step in ReclaimBlock(request.Host, pools, claim, assignment))
                {
                    yield return step;
                }
            }

            if (claim.Block is not { } block)
            {
                break;
            }

            owned++;
            foreach (int step in AssignFromBlock(block, request, false, reserved, assignment))
            {
                yield return step;
            }

            if (assignment.Addresses.Count == request.Count)
            {
                yield break;
            }
        }

        if (!configuration.StrictAffinity)
        {
            foreach (int step in BorrowSteps(request, pools, reserved, assignment))
            {
                yield return step;
            }
        }

        if (assignment.Addresses.Count < request.Count && assignment.Error == IpamError.None)
        {
            assignment.Error = owned >= maximum ? IpamError.BlockLimit : IpamError.NoFreeAddress;
        }
    }

    /// <summary>Takes addresses from blocks of other hosts, from one that the host's name determines, once around.</summary>
    private IEnumerable<int> BorrowSteps(
        IpamRequest request, List<IPPool> pools, List<InternetPrefix> reserved, IpamAssignment assignment)
    {
        yield return 0;
        List<InternetPrefix> candidates =
        [
            .. ListOf<IpamBlock>(ResourceKind.IpamBlock)
                .Where(block => !block.Unallocated.IsEmpty && !block.BelongsTo(request.Host))
                .Select(block => block.Cidr)
                .Where(cidr => pools.Exists(pool => pool.Cidr.Contains(cidr)))
                .Order(),
        ];
        if (candidates.Count == 0)
        {
            yield break;
        }

        int start = (int)new RandomSource(0, $"{request.Host}/ipam/borrow").NextBelow(candidates.Count);
        for (int i = 0; i < candidates.Count && assignment.Addresses.Count < request.Count; i++)
        {
            InternetPrefix block = candidates[(start + i) % candidates.Count];
            foreach (int step in AssignFromBlock(block, request, true, reserved, assignment))
            {
                yield return step;
            }
        }
    }

    private IEnumerable<int> AssignFromBlock(
        InternetPrefix cidr, IpamRequest request, bool borrow, List<InternetPrefix> reserved, IpamAssignment assignment)
    {
        for (int attempt = 0; attempt < Retries; attempt++)
        {
            yield return 0;
            StoredResource? stored = store.Get(IpamBlock.KeyOf(cidr));
            if (stored?.Value is not IpamBlock block || (!borrow && !block.BelongsTo(request.Host)))
            {
                yield break;
            }

            int missing = request.Count - assignment.Addresses.Count;
            (IpamBlock changed, List<InternetAddress> taken) =
                block.Assign(missing, request.HandleId, request.Attributes, reserved, Instant);
            if (taken.Count == 0)
            {
                yield break;
            }

            foreach (int step in CountHandle(request.HandleId, cidr, taken.Count, assignment))
            {
                yield return step;
            }

            yield return 0;
            if (store.Update(changed, stored.ModRevision).IsApplied)
            {
                assignment.Add(taken);
                assignment.Borrowed += block.BelongsTo(request.Host) ? 0 : taken.Count;
                yield break;
            }

            assignment.Conflicts++;
            foreach (int step in CountHandle(request.HandleId, cidr, -taken.Count, assignment))
            {
                yield return step;
            }
        }

        assignment.Error = IpamError.Contention;
    }

    /// <summary>A fixed address needs no affinity: in another host's block it is borrowed, unless that is forbidden.</summary>
    private IEnumerable<int> AssignAddressSteps(IpamRequest request, InternetAddress address, IpamAssignment assignment)
    {
        yield return 0;
        if (EnabledPools(address.Family).Find(pool => pool.Cidr.Contains(address)) is not { } pool)
        {
            assignment.Error = IpamError.AddressOutsidePools;
            yield break;
        }

        bool strict = Configuration().StrictAffinity;
        InternetPrefix cidr = BlockMath.BlockOf(pool, address);
        int ordinal = BlockMath.OrdinalOf(cidr, address);
        for (int attempt = 0; attempt < Retries; attempt++)
        {
            yield return 0;
            StoredResource? stored = store.Get(IpamBlock.KeyOf(cidr));
            if (stored?.Value is not IpamBlock block)
            {
                foreach (int step in ClaimBlock(request.Host, cidr, new BlockClaim(), assignment))
                {
                    yield return step;
                }

                continue;
            }

            if (block.Allocations[ordinal] != IpamBlock.Free)
            {
                assignment.Error = block.HandleAt(ordinal) == request.HandleId ? IpamError.None : IpamError.AddressInUse;
                assignment.Add(assignment.Error == IpamError.None ? [address] : []);
                yield break;
            }

            if (block.IsCooling(ordinal, Instant))
            {
                assignment.Error = IpamError.AddressCooling;
                yield break;
            }

            if (strict && !block.BelongsTo(request.Host))
            {
                assignment.Error = IpamError.StrictAffinity;
                yield break;
            }

            foreach (int step in CountHandle(request.HandleId, cidr, 1, assignment))
            {
                yield return step;
            }

            yield return 0;
            IpamBlock changed = block.Take([ordinal], request.HandleId, request.Attributes, Now);
            if (store.Update(changed, stored.ModRevision).IsApplied)
            {
                assignment.Add([address]);
                assignment.Borrowed += block.BelongsTo(request.Host) ? 0 : 1;
                yield break;
            }

            assignment.Conflicts++;
            foreach (int step in CountHandle(request.HandleId, cidr, -1, assignment))
            {
                yield return step;
            }
        }

        assignment.Error = IpamError.Contention;
    }

    private List<BlockAffinity> AffinitiesOf(string host, List<IPPool> pools) =>
    [
        .. store.List(ResourceKind.BlockAffinity, string.Empty, host + "-")
            .Select(stored => (BlockAffinity)stored.Value)
            .Where(affinity => affinity.Node == host && affinity.State != BlockAffinityState.PendingDeletion)
            .Select(affinity => (Affinity: affinity, Pool: pools.FindIndex(pool => pool.Cidr.Contains(affinity.Cidr))))
            .Where(pair => pair.Pool >= 0)
            .OrderBy(pair => pair.Pool)
            .ThenBy(pair => pair.Affinity.Cidr)
            .Select(pair => pair.Affinity),
    ];
}
