using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Policies;

/// <summary>
/// A rule as it is evaluated. <paramref name="WrittenIndex"/> is the rule's place in the list as it was written: one
/// Kubernetes rule may become several of these.
/// </summary>
public sealed record Rule(RuleAction Action, int WrittenIndex)
{
    public AddressFamily? IPVersion { get; init; }

    public IPProtocol? Protocol { get; init; }

    public IPProtocol? NotProtocol { get; init; }

    public IcmpMatch? Icmp { get; init; }

    public IcmpMatch? NotIcmp { get; init; }

    public RuleEntity Source { get; init; } = RuleEntity.Any;

    public RuleEntity Destination { get; init; } = RuleEntity.Any;
}
