using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Ipam;

/// <summary>Reads the state of IPAM: usage for `ipam show`, contradictions for `ipam check`.</summary>
public static class IpamInspection
{
    /// <summary>Each pool, followed by its blocks.</summary>
    public static IReadOnlyList<IpamUsage> Show(IResourceStore store)
    {
        List<IpamUsage> rows = [];
        List<IpamBlock> blocks = Blocks(store);
        InternetPrefix[] reservations = Reservations(store);
        foreach (StoredResource stored in store.List(ResourceKind.IPPool))
        {
            InternetPrefix cidr = ((IPPool)stored.Value).Cidr;
            List<IpamBlock> inside = blocks.FindAll(block => cidr.Contains(block.Cidr));
            rows.Add(Usage(cidr, null, inside, reservations));
            rows.AddRange(inside.Select(block => Usage(block.Cidr, block, [block], reservations)));
        }

        return rows;
    }

    /// <summary>
    /// Compares blocks, handles and affinities with each other and with the addresses that workloads really have
    /// (<paramref name="used"/>: address and owner's name).
    /// </summary>
    public static IReadOnlyList<IpamFinding> Check(
        IResourceStore store, IEnumerable<KeyValuePair<InternetAddress, string>> used)
    {
        List<IpamFinding> findings = [];
        List<IpamBlock> blocks = Blocks(store);
        CheckAddresses(blocks, used, findings);
        CheckHandles(store, blocks, findings);
        CheckAffinities(store, blocks, findings);
        return findings;
    }

    private static void CheckAddresses(
        List<IpamBlock> blocks, IEnumerable<KeyValuePair<InternetAddress, string>> used, List<IpamFinding> findings)
    {
        SortedDictionary<InternetAddress, string> owners = [];
        foreach ((InternetAddress address, string owner) in used)
        {
            if (!owners.TryAdd(address, owner))
            {
                findings.Add(new IpamFinding(IpamFindingKind.DoubleOwner, $"{address}", $"{owners[address]} and {owner}"));
            }
        }

        HashSet<InternetAddress> allocated = [];
        foreach (IpamBlock block in blocks)
        {
            for (int ordinal = 0; ordinal < block.Allocations.Length; ordinal++)
            {
                if (block.Allocations[ordinal] == IpamBlock.Free)
                {
                    continue;
                }

                InternetAddress address = block.AddressAt(ordinal);
                IpamAttribute attribute = block.Attributes[block.Allocations[ordinal]];
                allocated.Add(address);
                if (!owners.ContainsKey(address))
                {
                    findings.Add(new IpamFinding(IpamFindingKind.Leaked, $"{address}", attribute.HandleId ?? "no handle"));
                }

                if (attribute.Secondary["node"] is { } node && !block.BelongsTo(node))
                {
                    findings.Add(new IpamFinding(
                        IpamFindingKind.Borrowed, $"{address}", $"used on {node}, block {block.Cidr} of {block.Affinity ?? "none"}"));
                }
            }
        }

        findings.AddRange(owners.Where(pair => !allocated.Contains(pair.Key))
            .Select(pair => new IpamFinding(IpamFindingKind.NotAllocated, $"{pair.Key}", pair.Value)));
    }

    private static void CheckHandles(IResourceStore store, List<IpamBlock> blocks, List<IpamFinding> findings)
    {
        SortedDictionary<(string Handle, InternetPrefix Block), int> difference = [];
        foreach (StoredResource stored in store.List(ResourceKind.IpamHandle))
        {
            IpamHandle handle = (IpamHandle)stored.Value;
            foreach ((InternetPrefix block, int count) in handle.Blocks)
            {
                difference[(handle.HandleId, block)] = count;
            }
        }

        foreach (IpamBlock block in blocks)
        {
            for (int ordinal = 0; ordinal < block.Allocations.Length; ordinal++)
            {
                if (block.HandleAt(ordinal) is { } handle)
                {
                    difference[(handle, block.Cidr)] = difference.GetValueOrDefault((handle, block.Cidr)) - 1;
                }
            }
        }

        findings.AddRange(difference.Where(pair => pair.Value != 0).Select(pair => new IpamFinding(
            IpamFindingKind.HandleMismatch, pair.Key.Handle, $"{pair.Value:+0;-0} in {pair.Key.Block}")));
    }

    private static void CheckAffinities(IResourceStore store, List<IpamBlock> blocks, List<IpamFinding> findings)
    {
        Dictionary<InternetPrefix, string?> owners = blocks.ToDictionary(block => block.Cidr, block => block.Affinity);
        HashSet<(string, InternetPrefix)> confirmed = [];
        foreach (StoredResource stored in store.List(ResourceKind.BlockAffinity))
        {
            BlockAffinity affinity = (BlockAffinity)stored.Value;
            if (affinity.State != BlockAffinityState.Confirmed)
            {
                continue;
            }

            confirmed.Add((IpamBlock.AffinityOf(affinity.Node), affinity.Cidr));
            if (owners.GetValueOrDefault(affinity.Cidr) != IpamBlock.AffinityOf(affinity.Node))
            {
                findings.Add(new IpamFinding(
                    IpamFindingKind.AffinityMismatch, $"{affinity.Cidr}", $"confirmed for {affinity.Node}, block says otherwise"));
            }
        }

        findings.AddRange(blocks
            .Where(block => block.Affinity is not null && !confirmed.Contains((block.Affinity, block.Cidr)))
            .Select(block => new IpamFinding(
                IpamFindingKind.AffinityMismatch, $"{block.Cidr}", $"{block.Affinity} has no confirmed affinity")));
    }

    private static IpamUsage Usage(InternetPrefix cidr, IpamBlock? block, List<IpamBlock> blocks, InternetPrefix[] reservations)
    {
        long total = SizeOf(cidr);
        long inUse = blocks.Sum(InUse);
        long reserved = reservations.Sum(r => cidr.Contains(r.Address) ? SizeOf(r.Length > cidr.Length ? r : cidr) : r.Contains(cidr.Address) ? total : 0);
        long both = reserved == 0 ? 0 : blocks.Sum(b => Enumerable.Range(0, b.Allocations.Length)
            .Count(o => b.HandleAt(o) is not null && Array.Exists(reservations, r => r.Contains(b.AddressAt(o)))));
        return new IpamUsage(cidr, block is not null, block?.Affinity, total, inUse, reserved, total - inUse - reserved + both);
    }

    /// <summary>What is reserved, without what lies inside another reservation.</summary>
    private static InternetPrefix[] Reservations(IResourceStore store)
    {
        InternetPrefix[] all = [.. store.List(ResourceKind.IPReservation).SelectMany(s => ((IPReservation)s.Value).ReservedCidrs).Distinct()];
        return [.. all.Where(inner => !Array.Exists(all, outer => outer.Length < inner.Length && outer.Contains(inner.Address)))];
    }

    private static List<IpamBlock> Blocks(IResourceStore store) =>
        [.. store.List(ResourceKind.IpamBlock).Select(stored => (IpamBlock)stored.Value).OrderBy(block => block.Cidr)];

    private static long SizeOf(InternetPrefix cidr)
    {
        int bits = (cidr.IsIPv4 ? 32 : 128) - cidr.Length;
        return bits >= 62 ? long.MaxValue : 1L << bits;
    }

    private static long InUse(IpamBlock block) => block.Allocations.Length - block.Unallocated.Length;
}
