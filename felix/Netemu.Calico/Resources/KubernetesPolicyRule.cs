using System.Collections.Generic;

namespace Netemu.Calico.Resources;

/// <summary>One entry of ingress or egress. Empty peers mean everyone, empty ports every port.</summary>
public sealed record KubernetesPolicyRule(
    IReadOnlyList<KubernetesPolicyPeer> Peers, IReadOnlyList<KubernetesPolicyPort> Ports);
