using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;

namespace Netemu.Calico.Ipam;

/// <content>
/// Claiming blocks: the affinity is written pending, the block is created, the affinity is confirmed. Two hosts may have
/// the same block pending; the one whose create succeeds has it, the other takes its affinity back.
/// </content>
public sealed partial class IpamClient
{
    private IEnumerable<int> ClaimNewBlock(
        string host, List<IPPool> pools, List<InternetPrefix> reserved, BlockClaim claim, IpamAssignment assignment)
    {
        yield return 0;
        HashSet<InternetPrefix> taken =
        [
            .. ListOf<BlockAffinity>(ResourceKind.BlockAffinity)
                .Where(affinity => affinity.State != BlockAffinityState.PendingDeletion).Select(affinity => affinity.Cidr),
            .. ListOf<IpamBlock>(ResourceKind.IpamBlock).Select(block => block.Cidr),
        ];
        foreach (IPPool pool in pools)
        {
            foreach (InternetPrefix cidr in BlockMath.BlocksFrom(pool, host))
            {
                if (taken.Contains(cidr) || reserved.Exists(prefix => prefix.Contains(cidr)))
                {
                    continue;
                }

                foreach (int step in ClaimBlock(host, cidr, claim, assignment))
                {
                    yield return step;
                }

                if (claim.Block is not null)
                {
                    yield break;
                }
            }
        }
    }

    /// <summary>
    /// No block is free: one of another host's that has been idle for a minute changes hands, looked for from a place that
    /// the host's name determines.
    /// </summary>
    private IEnumerable<int> ReclaimBlock(string host, List<IPPool> pools, BlockClaim claim, IpamAssignment assignment)
    {
        yield return 0;
        IpamInstant at = Instant;
        List<BlockAffinity> idle =
        [
            .. ListOf<BlockAffinity>(ResourceKind.BlockAffinity)
                .Where(affinity => affinity.State == BlockAffinityState.Confirmed && affinity.Node != host
                    && pools.Exists(pool => pool.Cidr.Contains(affinity.Cidr))
                    && store.Find<IpamBlock>(IpamBlock.KeyOf(affinity.Cidr)) is { } block
                    && block.BelongsTo(affinity.Node) && block.IsIdle(at) && at.Now >= block.ChangedAt + _reclaimAge)
                .OrderBy(affinity => affinity.Cidr),
        ];
        int start = idle.Count == 0 ? 0 : (int)new RandomSource(0, $"{host}/ipam/reclaim").NextBelow(idle.Count);
        for (int i = 0; i < idle.Count && claim.Block is null; i++)
        {
            BlockAffinity candidate = idle[(start + i) % idle.Count];
            foreach (int step in ReleaseAffinity(candidate.Node, candidate.Cidr, mustBeIdle: true, assignment))
            {
                yield return step;
            }

            yield return 0;
            if (store.Get(IpamBlock.KeyOf(candidate.Cidr)) is null)
            {
                foreach (int step in ClaimBlock(host, candidate.Cidr, claim, assignment))
                {
                    yield return step;
                }
            }
        }
    }

    /// <summary>Claims one block, or completes a claim that was interrupted; does nothing for a confirmed one.</summary>
    private IEnumerable<int> ClaimBlock(string host, InternetPrefix cidr, BlockClaim claim, IpamAssignment assignment)
    {
        ResourceKey key = BlockAffinity.KeyOf(host, cidr);
        for (int attempt = 0; attempt < Retries; attempt++)
        {
            yield return 0;
            StoredResource? stored = store.Get(key);
            if (stored?.Value is BlockAffinity { State: BlockAffinityState.Confirmed })
            {
                claim.Block = cidr;
                yield break;
            }

            yield return 0;
            StoreResult pending = store.Update(
                new BlockAffinity(host, cidr, BlockAffinityState.Pending), stored?.ModRevision ?? 0);
            if (!pending.IsApplied)
            {
                assignment.Conflicts++;
                continue;
            }

            yield return 0;
            if (!store.Create(BlockEditing.NewBlock(cidr, host, Now)).IsApplied)
            {
                yield return 0;
                StoredResource? existing = store.Get(IpamBlock.KeyOf(cidr));
                if (existing is null)
                {
                    continue;
                }

                if (!((IpamBlock)existing.Value).BelongsTo(host))
                {
                    assignment.Conflicts++;
                    yield return 0;
                    store.Delete(key, pending.Revision);
                    yield break;
                }
            }

            yield return 0;
            if (store.Update(new BlockAffinity(host, cidr, BlockAffinityState.Confirmed), pending.Revision).IsApplied)
            {
                claim.Block = cidr;
                yield break;
            }

            assignment.Conflicts++;
        }

        assignment.Error = IpamError.Contention;
    }
}
