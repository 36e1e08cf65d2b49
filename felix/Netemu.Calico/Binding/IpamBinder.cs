using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Binding;

/// <summary>Reads the objects that IPAM itself writes, as a dump of a cluster contains them.</summary>
internal static class IpamBinder
{
    public static Resource ReadBlock(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        IpamBlock block = new(spec.Prefix("cidr") ?? default)
        {
            Affinity = spec.Text("affinity"),
            Allocations = [.. spec.ParsedList<int>("allocations", ParseOrdinal, "an attribute's index or null")],
            Unallocated = [.. spec.ParsedList<int>("unallocated", ParseOrdinal, "an ordinal")],
            Attributes =
            [
                .. spec.Objects("attributes").Select(entry =>
                    new IpamAttribute(entry.Text("handle_id") ?? entry.Text("primary"), entry.StringMap("secondary"))),
            ],
            SequenceNumber = spec.Integer("sequenceNumber", 0, long.MaxValue) ?? 0,
        };
        spec.Ignore("strictAffinity", "deleted", "sequenceNumberForAllocation", "affinityClaimTime");
        spec.Finish();
        CheckBlock(spec, block);
        return block with { Metadata = metadata with { Name = IpamBlock.NameOf(block.Cidr) } };
    }

    public static Resource ReadAffinity(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        BlockAffinity affinity = new(
            spec.Required("node"),
            spec.Prefix("cidr") ?? default,
            spec.Choice(
                "state",
                ("confirmed", BlockAffinityState.Confirmed),
                ("pending", BlockAffinityState.Pending),
                ("pendingDeletion", BlockAffinityState.PendingDeletion)));
        spec.Ignore("deleted", "type");
        spec.Finish();
        return affinity with { Metadata = metadata with { Name = BlockAffinity.NameOf(affinity.Node, affinity.Cidr) } };
    }

    public static Resource ReadHandle(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        string id = spec.Text("handleID") ?? metadata.Name;
        SortedDictionary<InternetPrefix, int> blocks = [];
        foreach ((string text, string count) in spec.StringMap("block"))
        {
            if (InternetPrefix.TryParse(text, out InternetPrefix cidr) && int.TryParse(count, out int number))
            {
                blocks[cidr] = number;
            }
            else
            {
                spec.Error("block", $"'{text}: {count}' is not a block with a number");
            }
        }

        spec.Ignore("deleted");
        spec.Finish();
        return new IpamHandle(id, blocks.ToImmutableSortedDictionary());
    }

    private static bool ParseOrdinal(string text, out int value)
    {
        value = IpamBlock.Free;
        return text is "null" or "~" or "" || (int.TryParse(text, out value) && value >= 0);
    }

    private static void CheckBlock(FieldReader spec, IpamBlock block)
    {
        int size = block.Cidr.Length == 0 ? -1 : Ipam.BlockMath.SizeOf(block.Cidr);
        bool complete = block.Allocations.Length == size
            && block.Allocations.All(index => index < block.Attributes.Count)
            && block.Unallocated.Order().SequenceEqual(
                Enumerable.Range(0, size).Where(ordinal => block.Allocations[ordinal] == IpamBlock.Free));
        if (!complete)
        {
            spec.Error("allocations", "allocations, attributes and unallocated contradict each other or the block's size");
        }
    }
}
