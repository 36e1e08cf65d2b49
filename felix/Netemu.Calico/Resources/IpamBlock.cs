using System.Collections.Generic;
using System.Collections.Immutable;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Calico.Resources;

/// <summary>
/// A block of addresses and who holds each. <see cref="Allocations"/> maps an ordinal to an index into
/// <see cref="Attributes"/>, or to -1; <see cref="Unallocated"/> lists the free ordinals, the longest free first. Every
/// ordinal is in exactly one of the two.
/// </summary>
public sealed record IpamBlock(InternetPrefix Cidr) : Resource(new ObjectMetadata(NameOf(Cidr)))
{
    public const int Free = -1;

    public override ResourceKind Kind => ResourceKind.IpamBlock;

    /// <summary>"host:NAME", or null for a block whose host has given it up while addresses were in use.</summary>
    public string? Affinity { get; init; }

    public ImmutableArray<int> Allocations { get; init; } = [];

    public ImmutableArray<int> Unallocated { get; init; } = [];

    public IReadOnlyList<IpamAttribute> Attributes { get; init; } = [];

    /// <summary>Grows with every change of the allocations, so that a release can tell an allocation from its successor.</summary>
    public long SequenceNumber { get; init; }

    /// <summary>When an address of it was last given out or back, or the block made.</summary>
    public SimTime ChangedAt { get; init; }

    /// <summary>
    /// Free ordinals that may still rest (ipCooldownSeconds), with the instant at which each was given back. They keep their
    /// places in <see cref="Unallocated"/>.
    /// </summary>
    public ImmutableSortedDictionary<int, SimTime> Cooling { get; init; } = ImmutableSortedDictionary<int, SimTime>.Empty;

    /// <summary>The address of an ordinal.</summary>
    public InternetAddress AddressAt(int ordinal) => Cidr.IsIPv4 ? Cidr.Address.IPv4.Add(ordinal) : Cidr.Address.IPv6.Add(ordinal);

    public static string NameOf(InternetPrefix cidr) => cidr.ToString().Replace('.', '-').Replace(':', '-').Replace('/', '-');

    public static ResourceKey KeyOf(InternetPrefix cidr) => new(ResourceKind.IpamBlock, NameOf(cidr));

    public static string AffinityOf(string host) => "host:" + host;
}
