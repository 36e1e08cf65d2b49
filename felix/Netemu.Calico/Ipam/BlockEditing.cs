using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Calico.Ipam;

/// <summary>Pure changes of a block: each gives the block that a compare-and-set then writes.</summary>
internal static class BlockEditing
{
    public static IpamBlock NewBlock(InternetPrefix cidr, string? host, SimTime now)
    {
        int size = BlockMath.SizeOf(cidr);
        return new IpamBlock(cidr)
        {
            Affinity = host is null ? null : IpamBlock.AffinityOf(host),
            Allocations = [.. Enumerable.Repeat(IpamBlock.Free, size)],
            Unallocated = [.. Enumerable.Range(0, size)],
            ChangedAt = now,
        };
    }

    public static bool IsEmpty(this IpamBlock block) => block.Unallocated.Length == block.Allocations.Length;

    /// <summary>Whether an ordinal was given back less than the cooldown ago.</summary>
    public static bool IsCooling(this IpamBlock block, int ordinal, in IpamInstant at) =>
        block.Cooling.TryGetValue(ordinal, out SimTime since) && at.Now < since + at.Cooldown;

    /// <summary>Whether nobody has an address of the block, and none rests.</summary>
    public static bool IsIdle(this IpamBlock block, IpamInstant at) =>
        block.IsEmpty() && !block.Cooling.Keys.Any(ordinal => block.IsCooling(ordinal, at));

    public static bool BelongsTo(this IpamBlock block, string host) => block.Affinity == IpamBlock.AffinityOf(host);

    /// <summary>The handle that holds an ordinal, or null.</summary>
    public static string? HandleAt(this IpamBlock block, int ordinal) =>
        block.Allocations[ordinal] is >= 0 and int index ? block.Attributes[index].HandleId : null;

    /// <summary>Gives out up to <paramref name="count"/> of the longest-free ordinals that are not reserved.</summary>
    public static (IpamBlock Block, List<InternetAddress> Taken) Assign(
        this IpamBlock block, int count, string handleId, LabelSet attributes, IReadOnlyList<InternetPrefix> reserved, in IpamInstant at)
    {
        List<int> ordinals = [];
        foreach (int ordinal in block.Unallocated)
        {
            if (ordinals.Count == count)
            {
                break;
            }

            InternetAddress address = block.AddressAt(ordinal);
            if (!block.IsCooling(ordinal, at) && !reserved.Any(prefix => prefix.Contains(address)))
            {
                ordinals.Add(ordinal);
            }
        }

        IpamBlock changed = ordinals.Count == 0 ? block : block.Take(ordinals, handleId, attributes, at.Now);
        return (changed, [.. ordinals.Select(block.AddressAt)]);
    }

    /// <summary>Gives out the named free ordinals.</summary>
    public static IpamBlock Take(this IpamBlock block, List<int> ordinals, string handleId, LabelSet secondary, SimTime now)
    {
        IpamAttribute attribute = new(handleId, secondary);
        List<IpamAttribute> attributes = [.. block.Attributes];
        int index = attributes.IndexOf(attribute);
        if (index < 0)
        {
            index = attributes.Count;
            attributes.Add(attribute);
        }

        ImmutableArray<int>.Builder allocations = block.Allocations.ToBuilder();
        foreach (int ordinal in ordinals)
        {
            allocations[ordinal] = index;
        }

        return block with
        {
            Allocations = allocations.ToImmutable(),
            Unallocated = block.Unallocated.RemoveRange(ordinals),
            Cooling = block.Cooling.RemoveRange(ordinals),
            ChangedAt = now,
            Attributes = attributes,
            SequenceNumber = block.SequenceNumber + 1,
        };
    }

    /// <summary>Frees ordinals: they join the end of the queue. Attributes that nothing refers to any more go.</summary>
    public static IpamBlock Free(this IpamBlock block, IReadOnlyCollection<int> ordinals, IpamInstant at)
    {
        int[] allocations = [.. block.Allocations];
        foreach (int ordinal in ordinals)
        {
            allocations[ordinal] = IpamBlock.Free;
        }

        List<IpamAttribute> attributes = [];
        int[] moved = new int[block.Attributes.Count];
        for (int i = 0; i < moved.Length; i++)
        {
            if (Array.IndexOf(allocations, i) >= 0)
            {
                moved[i] = attributes.Count;
                attributes.Add(block.Attributes[i]);
            }
        }

        return block with
        {
            Allocations = [.. allocations.Select(index => index < 0 ? IpamBlock.Free : moved[index])],
            Unallocated = block.Unallocated.AddRange(ordinals),
            Cooling = at.Cooldown > Duration.Zero
                ? block.Cooling.SetItems(ordinals.Select(ordinal => KeyValuePair.Create(ordinal, at.Now)))
                : block.Cooling,
            ChangedAt = at.Now,
            Attributes = attributes,
            SequenceNumber = block.SequenceNumber + 1,
        };
    }
}
