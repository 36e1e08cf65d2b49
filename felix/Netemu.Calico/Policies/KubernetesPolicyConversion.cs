using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;

namespace Netemu.Calico.Policies;

/// <summary>
/// A Kubernetes NetworkPolicy as a policy of tier default with order 1000. Its selectors mean pods only: they carry the
/// condition that the orchestrator is Kubernetes.
/// </summary>
public static class KubernetesPolicyConversion
{
    public const decimal Order = 1_000;

    private static readonly Selector _isPod = Selector.Equal(WellKnownLabels.Orchestrator, WellKnownLabels.OrchestratorKubernetes);

    public static Policy Convert(KubernetesNetworkPolicy policy)
    {
        Selector selector = Selector.And(
            Selector.Equal(WellKnownLabels.Namespace, policy.Namespace), _isPod, policy.PodSelector.ToSelector());
        return new Policy(policy.Key, PolicySpec.DefaultTier, Order, selector, policy.EffectiveTypes)
        {
            Ingress = [.. policy.Ingress.SelectMany((rule, index) => Convert(rule, index, policy.Namespace, isIngress: true))],
            Egress = [.. policy.Egress.SelectMany((rule, index) => Convert(rule, index, policy.Namespace, isIngress: false))],
            IsStaged = policy.IsStaged,
        };
    }

    /// <summary>Every peer with every protocol: `from` and `ports` are both conditions, their entries alternatives.</summary>
    private static IEnumerable<Rule> Convert(KubernetesPolicyRule rule, int index, string inNamespace, bool isIngress)
    {
        RuleEntity[] peers = rule.Peers.Count == 0
            ? [RuleEntity.Any]
            : [.. rule.Peers.Select(peer => Convert(peer, inNamespace))];
        foreach ((IPProtocol? protocol, IReadOnlyList<PortMatch> ports) in GroupPorts(rule.Ports))
        {
            foreach (RuleEntity peer in peers)
            {
                yield return isIngress
                    ? new Rule(RuleAction.Allow, index)
                    {
                        Protocol = protocol,
                        Source = peer,
                        Destination = new RuleEntity { Ports = ports },
                    }
                    : new Rule(RuleAction.Allow, index) { Protocol = protocol, Destination = peer with { Ports = ports } };
            }
        }
    }

    /// <summary>One group a protocol; an entry without a port opens all of its protocol's ports.</summary>
    private static IEnumerable<(IPProtocol? Protocol, IReadOnlyList<PortMatch> Ports)> GroupPorts(
        IReadOnlyList<KubernetesPolicyPort> ports)
    {
        if (ports.Count == 0)
        {
            return [(null, [])];
        }

        return ports.GroupBy(port => port.Protocol).Select(group => (
            (IPProtocol?)group.Key,
            (IReadOnlyList<PortMatch>)(group.Any(port => port.Port is null) ? [] : [.. group.Select(port => port.Port!.Value)])));
    }

    private static RuleEntity Convert(KubernetesPolicyPeer peer, string inNamespace)
    {
        if (peer.IPBlock is { } block)
        {
            return new RuleEntity { Nets = [block], NotNets = peer.Except };
        }

        Selector scope = peer.NamespaceSelector is { } namespaces
            ? namespaces.ToSelector().WithPrefix(WellKnownLabels.NamespacePrefix)
            : Selector.Equal(WellKnownLabels.Namespace, inNamespace);
        Selector pods = peer.PodSelector?.ToSelector() ?? Selector.All;
        return new RuleEntity { Selector = Selector.And(scope, _isPod, pods) };
    }
}
