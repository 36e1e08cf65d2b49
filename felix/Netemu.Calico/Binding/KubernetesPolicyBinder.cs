using System;
using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Binding;

/// <summary>Reads networking.k8s.io/v1 NetworkPolicy and its staged variant.</summary>
internal static class KubernetesPolicyBinder
{
    public static Resource Read(FieldReader fields, ObjectMetadata metadata) =>
        ReadSpec(fields, fields.Object("spec"), metadata, false);

    public static Resource ReadStaged(FieldReader fields, ObjectMetadata metadata) =>
        ReadSpec(fields, fields.Object("spec"), metadata, true);

    private static KubernetesNetworkPolicy ReadSpec(
        FieldReader fields, FieldReader spec, ObjectMetadata metadata, bool staged)
    {
        KubernetesNetworkPolicy policy = new(metadata, ReadSelector(spec.Object("podSelector")))
        {
            IsStaged = staged,
            StagedAction = staged ? PolicyBinder.ReadStagedAction(spec) : StagedAction.Set,
            PolicyTypes = PolicyBinder.ReadTypes(spec, "policyTypes"),
            Ingress = ReadRules(spec, "ingress", "from"),
            Egress = ReadRules(spec, "egress", "to"),
        };
        spec.Finish();
        fields.Ignore("status");
        return policy;
    }

    private static LabelSelector ReadSelector(FieldReader fields)
    {
        List<LabelSelectorRequirement> expressions = [];
        foreach (FieldReader expression in fields.Objects("matchExpressions"))
        {
            LabelSelectorRequirement requirement = new(
                expression.Required("key"),
                expression.Choice(
                    "operator",
                    ("In", LabelSelectorOperator.In),
                    ("NotIn", LabelSelectorOperator.NotIn),
                    ("Exists", LabelSelectorOperator.Exists),
                    ("DoesNotExist", LabelSelectorOperator.DoesNotExist)),
                expression.Texts("values"));
            bool needsValues = requirement.Operator is LabelSelectorOperator.In or LabelSelectorOperator.NotIn;
            if (needsValues != (requirement.Values.Count > 0))
            {
                expression.Error(
                    "values", needsValues ? "must not be empty for In and NotIn" : "must be empty for Exists and DoesNotExist");
            }

            expression.Finish();
            expressions.Add(requirement);
        }

        LabelSelector selector = new(fields.StringMap("matchLabels"), expressions);
        fields.Finish();
        return selector;
    }

    private static List<KubernetesPolicyRule> ReadRules(FieldReader spec, string name, string peers)
    {
        List<KubernetesPolicyRule> rules = [];
        foreach (FieldReader rule in spec.Objects(name))
        {
            List<KubernetesPolicyPeer> from = [];
            foreach (FieldReader peer in rule.Objects(peers))
            {
                from.Add(ReadPeer(peer));
            }

            List<KubernetesPolicyPort> ports = [];
            foreach (FieldReader port in rule.Objects("ports"))
            {
                ports.Add(ReadPort(port));
            }

            rule.Finish();
            rules.Add(new KubernetesPolicyRule(from, ports));
        }

        return rules;
    }

    private static KubernetesPolicyPeer ReadPeer(FieldReader fields)
    {
        FieldReader pods = fields.Object("podSelector");
        FieldReader namespaces = fields.Object("namespaceSelector");
        FieldReader block = fields.Object("ipBlock");
        KubernetesPolicyPeer peer = new()
        {
            PodSelector = pods.IsPresent ? ReadSelector(pods) : null,
            NamespaceSelector = namespaces.IsPresent ? ReadSelector(namespaces) : null,
            IPBlock = block.Prefix("cidr"),
            Except = block.Prefixes("except"),
        };
        block.Finish();
        fields.Finish();
        if (block.IsPresent && (pods.IsPresent || namespaces.IsPresent))
        {
            fields.Error("ipBlock", "excludes podSelector and namespaceSelector", ResourceCode.Conflict);
        }

        if (!block.IsPresent && !pods.IsPresent && !namespaces.IsPresent)
        {
            fields.Error("podSelector", "a peer needs podSelector, namespaceSelector or ipBlock", ResourceCode.Missing);
        }

        if (block.IsPresent && peer.IPBlock is null)
        {
            block.Error("cidr", "is missing", ResourceCode.Missing);
        }

        foreach (InternetPrefix except in peer.Except)
        {
            if (peer.IPBlock is { } cidr && (!cidr.Contains(except) || cidr == except))
            {
                block.Error("except", $"'{except}' is not strictly inside '{cidr}'");
            }
        }

        return peer;
    }

    private static KubernetesPolicyPort ReadPort(FieldReader fields)
    {
        IPProtocol protocol = fields.Choice(
            "protocol", ("TCP", IPProtocol.Tcp), ("UDP", IPProtocol.Udp), ("SCTP", IPProtocol.Sctp));
        PortMatch? port = fields.Parsed<PortMatch>("port", PortMatch.TryParse, "a port number or name");
        ushort? end = fields.Port("endPort");
        fields.Finish();
        if (end is { } last)
        {
            if (port is not { IsNamed: false } first || last < first.First)
            {
                fields.Error("endPort", "needs a numeric port that is not greater", ResourceCode.Conflict);
            }
            else
            {
                port = new PortMatch(first.First, Math.Max(first.First, last));
            }
        }

        return new KubernetesPolicyPort(protocol, port);
    }
}
