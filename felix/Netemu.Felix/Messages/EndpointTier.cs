using System.Collections.Generic;
using Netemu.Calico.Resources;

namespace Netemu.Felix.Messages;

/// <summary>The policies of a tier that select an endpoint, by direction, in the order in which they are asked.</summary>
public sealed record EndpointTier(
    string Name,
    RuleAction DefaultAction,
    IReadOnlyList<ResourceKey> Ingress,
    IReadOnlyList<ResourceKey> Egress)
{
    public IReadOnlyList<ResourceKey> PoliciesOf(PolicyDirection direction) =>
        direction == PolicyDirection.Ingress ? Ingress : Egress;
}
