using System.Collections.Generic;

namespace Netemu.Calico.Resources;

/// <summary>Rules for the routes exchanged with the peers that name the filter; the first match wins.</summary>
public sealed record BgpFilter(ObjectMetadata Metadata) : Resource(Metadata)
{
    public override ResourceKind Kind => ResourceKind.BgpFilter;

    public IReadOnlyList<BgpFilterRule> ExportV4 { get; init; } = [];

    public IReadOnlyList<BgpFilterRule> ImportV4 { get; init; } = [];

    public IReadOnlyList<BgpFilterRule> ExportV6 { get; init; } = [];

    public IReadOnlyList<BgpFilterRule> ImportV6 { get; init; } = [];
}
