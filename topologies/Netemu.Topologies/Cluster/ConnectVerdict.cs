using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Tracing;
using Netemu.Felix.Dataplane;
using Netemu.Felix.Messages;
using Netemu.Felix.Rendering;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Running;
using RuleTarget = Netemu.Engine.Netfilter.Rules.RuleTarget;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// Leads from the rule that ended or accepted a packet back to what was written: the tier, the policies of it that select
/// the endpoint, and the rule by its index (none at the end of a tier).
/// </summary>
internal static class ConnectVerdict
{
    private const string FelixChains = "cali-";
    private const string ProxyChains = "KUBE-";

    /// <summary>True if Felix's chains ended the packet: only that is a policy's verdict.</summary>
    public static bool IsPolicy(in DropExplanation explanation) =>
        explanation.Chain.StartsWith(FelixChains, StringComparison.Ordinal);

    /// <summary>True if kube-proxy ended it: the Service has no endpoint.</summary>
    public static bool IsProxy(in DropExplanation explanation) =>
        explanation.Chain.StartsWith(ProxyChains, StringComparison.Ordinal);

    /// <summary>Who denied a packet.</summary>
    public static ObservedMapping Denied(FelixAgent? agent, Frame frame, in DropExplanation explanation)
    {
        RuleOrigin? origin = explanation.Rule?.Tag as RuleOrigin;
        bool isEgress = explanation.Chain.StartsWith("cali-fw-", StringComparison.Ordinal)
            || explanation.Chain.StartsWith("cali-po-", StringComparison.Ordinal);
        (InternetAddress source, InternetAddress destination) = Ends(frame);
        return By(origin, Selecting(agent, isEgress ? source : destination, origin?.Tier, isEgress));
    }

    /// <summary>Who allowed a packet last on its way; null if no policy was asked.</summary>
    public static ObservedMapping? Allowed(PacketTrace trace, Func<NetworkNamespace, FelixAgent?> agentOf)
    {
        foreach ((NetworkNamespace where, Rule rule) in trace.MatchedRules.Reverse())
        {
            bool accepts = rule.Target is RuleTarget.Mark { Value: var value } && (value & FilterMarks.Accept) != 0;
            if (accepts && rule.Tag is RuleOrigin { Source: { } source } origin)
            {
                IEnumerable<ResourceKey> policies = agentOf(where)?.Model.Workloads
                    .SelectMany(w => w.Tiers)
                    .Where(t => t.Name == origin.Tier && (t.Ingress.Contains(source) || t.Egress.Contains(source)))
                    .Select(t => t.Ingress.Contains(source) ? t.Ingress : t.Egress)
                    .FirstOrDefault() ?? [];
                return By(origin, policies);
            }
        }

        return null;
    }

    /// <summary>As TOPOLOGY's `by:` writes a policy: KIND/NAMESPACE/NAME, a staged one never.</summary>
    public static string NameOf(ResourceKey policy)
    {
        string kind = policy.Kind == ResourceKind.KubernetesNetworkPolicy ? "NetworkPolicy" : policy.Kind.ToString();
        return policy.Namespace.Length == 0 ? $"{kind}/{policy.Name}" : $"{kind}/{policy.Namespace}/{policy.Name}";
    }

    private static ObservedMapping By(RuleOrigin? origin, IEnumerable<ResourceKey> policies)
    {
        ObservedMapping by = new ObservedMapping()
            .With("tier", origin?.Tier ?? "none")
            .WithList("policies", policies.Select(p => (ObservedValue)NameOf(p)))
            .With("rule", origin?.RuleIndex is { } index ? (ObservedValue)(long)index : (ObservedValue)"none");
        if (origin?.Source is { } source)
        {
            by.With("policy", NameOf(source));
        }

        return by;
    }

    /// <summary>The policies that select the endpoint in the tier and direction that decided.</summary>
    private static IEnumerable<ResourceKey> Selecting(FelixAgent? agent, InternetAddress own, string? tierName, bool isEgress)
    {
        WorkloadEndpointUpdate? workload = agent?.Model.Workloads.FirstOrDefault(w => w.Endpoint.Addresses.Contains(own));
        return (workload?.Tiers ?? [])
            .Where(tier => tierName is null || tier.Name == tierName)
            .SelectMany(tier => isEgress ? tier.Egress : tier.Ingress);
    }

    /// <summary>The addresses of a packet of either family.</summary>
    public static (InternetAddress Source, InternetAddress Destination) Ends(Frame frame)
    {
        Span<byte> packet = frame.Bytes[EthernetHeader.Size..];
        if (packet.Length > 0 && packet[0] >> 4 == 6)
        {
            IPv6Header six = new(packet);
            return (six.Source, six.Destination);
        }

        IPv4Header four = new(packet);
        return (four.Source, four.Destination);
    }
}
