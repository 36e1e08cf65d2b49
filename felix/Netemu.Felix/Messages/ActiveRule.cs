using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Felix.Messages;

/// <summary>A rule ready for rendering; <paramref name="WrittenIndex"/> leads back to the rule as it was written.</summary>
public sealed record ActiveRule(RuleAction Action, int WrittenIndex)
{
    public AddressFamily? IPVersion { get; init; }

    public IPProtocol? Protocol { get; init; }

    public IPProtocol? NotProtocol { get; init; }

    public IcmpMatch? Icmp { get; init; }

    public IcmpMatch? NotIcmp { get; init; }

    public EntityMatch Source { get; init; } = EntityMatch.Any;

    public EntityMatch Destination { get; init; } = EntityMatch.Any;
}
