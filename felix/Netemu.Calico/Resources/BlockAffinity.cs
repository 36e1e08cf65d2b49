using Netemu.Core.Addresses;

namespace Netemu.Calico.Resources;

/// <summary>A host's claim on a block, written before the block itself and confirmed after it.</summary>
public sealed record BlockAffinity(string Node, InternetPrefix Cidr, BlockAffinityState State)
    : Resource(new ObjectMetadata(NameOf(Node, Cidr)))
{
    public override ResourceKind Kind => ResourceKind.BlockAffinity;

    public static string NameOf(string node, InternetPrefix cidr) => $"{node}-{IpamBlock.NameOf(cidr)}";

    public static ResourceKey KeyOf(string node, InternetPrefix cidr) => new(ResourceKind.BlockAffinity, NameOf(node, cidr));
}
