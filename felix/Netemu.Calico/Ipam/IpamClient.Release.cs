using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Ipam;

/// <content>Giving addresses and blocks back.</content>
public sealed partial class IpamClient
{
    private IEnumerable<int> ReleaseHandleSteps(string handleId, IpamAssignment assignment)
    {
        yield return 0;
        if (store.Find<IpamHandle>(IpamHandle.KeyOf(handleId)) is not { } handle)
        {
            yield break;
        }

        foreach ((InternetPrefix cidr, int counted) in handle.Blocks)
        {
            for (int attempt = 0; ; attempt++)
            {
                if (attempt == Retries)
                {
                    assignment.Error = IpamError.Contention;
                    yield break;
                }

                yield return 0;
                StoredResource? stored = store.Get(IpamBlock.KeyOf(cidr));
                List<int> held = stored?.Value is IpamBlock block
                    ? [.. Enumerable.Range(0, block.Allocations.Length).Where(ordinal => block.HandleAt(ordinal) == handleId)]
                    : [];
                if (held.Count > 0)
                {
                    yield return 0;
                    IpamBlock before = (IpamBlock)stored!.Value;
                    if (!WriteReleased(before.Free(held, Instant), stored.ModRevision))
                    {
                        assignment.Conflicts++;
                        continue;
                    }

                    assignment.Add(held.Select(before.AddressAt));
                }

                foreach (int step in CountHandle(handleId, cidr, -counted, assignment))
                {
                    yield return step;
                }

                break;
            }
        }
    }

    /// <summary>Writes a block that lost addresses; one that is empty and has no owner goes.</summary>
    private bool WriteReleased(IpamBlock block, long modRevision) =>
        block.Affinity is null && block.IsEmpty()
            ? store.Delete(block.Key, modRevision).IsApplied
            : store.Update(block, modRevision).IsApplied;

    private IEnumerable<int> ReleaseHostSteps(string host, IpamAssignment assignment)
    {
        yield return 0;
        List<InternetPrefix> blocks =
        [
            .. store.List(ResourceKind.BlockAffinity, string.Empty, host + "-")
                .Select(stored => (BlockAffinity)stored.Value)
                .Where(affinity => affinity.Node == host)
                .Select(affinity => affinity.Cidr),
        ];
        foreach (InternetPrefix cidr in blocks)
        {
            foreach (int step in ReleaseAffinity(host, cidr, mustBeIdle: false, assignment))
            {
                yield return step;
            }
        }
    }

    /// <summary>The host's empty blocks in pools that do not select it any more go.</summary>
    private IEnumerable<int> ReleaseForeignBlocks(IpamRequest request, List<IPPool> pools, IpamAssignment assignment)
    {
        List<InternetPrefix> foreign =
        [
            .. store.List(ResourceKind.BlockAffinity, string.Empty, request.Host + "-")
                .Select(stored => (BlockAffinity)stored.Value)
                .Where(affinity => affinity.Node == request.Host && affinity.State == BlockAffinityState.Confirmed
                    && affinity.Cidr.Family == request.Family
                    && !ListOf<IPPool>(ResourceKind.IPPool).Any(pool => pool.Cidr.Contains(affinity.Cidr)
                        && !pool.Disabled && pool.NodeSelector.Matches(request.HostLabels)))
                .Select(affinity => affinity.Cidr),
        ];
        foreach (InternetPrefix cidr in foreign)
        {
            foreach (int step in ReleaseAffinity(request.Host, cidr, mustBeIdle: true, assignment))
            {
                yield return step;
            }
        }
    }

    /// <summary>
    /// Gives up a block: the affinity is marked, the block deleted or left without an owner, the affinity deleted. With
    /// <paramref name="mustBeIdle"/> a block that is in use keeps its owner, and so does one that anyone else writes to meanwhile.
    /// </summary>
    private IEnumerable<int> ReleaseAffinity(string host, InternetPrefix cidr, bool mustBeIdle, IpamAssignment assignment)
    {
        ResourceKey key = BlockAffinity.KeyOf(host, cidr);
        for (int attempt = 0; attempt < Retries; attempt++)
        {
            yield return 0;
            if (store.Get(key) is not { } stored)
            {
                yield break;
            }

            if (mustBeIdle && (stored.Value is not BlockAffinity { State: BlockAffinityState.Confirmed }
                || store.Find<IpamBlock>(IpamBlock.KeyOf(cidr)) is not { } now || !now.IsIdle(Instant)))
            {
                yield break;
            }

            yield return 0;
            StoreResult marked = store.Update(
                new BlockAffinity(host, cidr, BlockAffinityState.PendingDeletion), stored.ModRevision);
            if (!marked.IsApplied)
            {
                assignment.Conflicts++;
                continue;
            }

            yield return 0;
            StoredResource? current = store.Get(IpamBlock.KeyOf(cidr));
            if (current?.Value is IpamBlock block && block.BelongsTo(host))
            {
                yield return 0;
                if (mustBeIdle && !(block.IsIdle(Instant) && store.Delete(block.Key, current.ModRevision).IsApplied))
                {
                    // Somebody took an address in between: the host keeps the block.
                    assignment.Conflicts++;
                    yield return 0;
                    store.Update(new BlockAffinity(host, cidr, BlockAffinityState.Confirmed), marked.Revision);
                    yield break;
                }

                if (!mustBeIdle && !WriteReleased(block with { Affinity = null }, current.ModRevision))
                {
                    assignment.Conflicts++;
                    continue;
                }
            }

            yield return 0;
            if (store.Delete(key, marked.Revision).IsApplied)
            {
                yield break;
            }

            assignment.Conflicts++;
        }

        assignment.Error = IpamError.Contention;
    }
}
