using System.Collections.Generic;

namespace Netemu.Calico.Resources;

/// <summary>The operator's Installation: the pools it makes, and whether BGP runs.</summary>
public sealed record Installation(ObjectMetadata Metadata) : Resource(Metadata)
{
    public override ResourceKind Kind => ResourceKind.Installation;

    public IReadOnlyList<IPPool> Pools { get; init; } = [];

    public bool BgpEnabled { get; init; } = true;
}
