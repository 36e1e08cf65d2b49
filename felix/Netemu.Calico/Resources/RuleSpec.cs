using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Resources;

/// <summary>A Calico rule as it is written.</summary>
public sealed record RuleSpec(RuleAction Action)
{
    public AddressFamily? IPVersion { get; init; }

    public IPProtocol? Protocol { get; init; }

    public IPProtocol? NotProtocol { get; init; }

    public IcmpMatch? Icmp { get; init; }

    public IcmpMatch? NotIcmp { get; init; }

    public EntityRule Source { get; init; } = EntityRule.Any;

    public EntityRule Destination { get; init; } = EntityRule.Any;

    /// <summary>HTTP matches are read, and ignored as the iptables data plane ignores them.</summary>
    public bool HasHttp { get; init; }

    public LabelSet Annotations { get; init; } = LabelSet.Empty;
}
