using Netemu.Calico.Resources;

namespace Netemu.Felix.Rendering;

/// <summary>
/// Where a deciding rule comes from, so that a verdict in the data plane can be traced back: the policy and the index of
/// its rule as written, or the end of a tier.
/// </summary>
public sealed record RuleOrigin(ResourceKey? Source, int? RuleIndex, string? Tier);
