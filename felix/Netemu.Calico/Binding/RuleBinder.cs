using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Binding;

/// <summary>Reads one rule of a Calico policy or profile and checks what Calico's API server checks.</summary>
internal static class RuleBinder
{
    private const int MaximumNets = 256;
    private const int MaximumPorts = 50;

    public static RuleSpec Read(FieldReader fields, bool global)
    {
        if (!fields.Has("action"))
        {
            fields.Error("action", "is missing", ResourceCode.Missing);
        }

        IPProtocol? protocol = fields.Protocol("protocol");
        FieldReader metadata = fields.Object("metadata");
        FieldReader http = fields.Object("http");
        http.Ignore("methods", "paths");
        http.Finish();
        RuleSpec rule = new(fields.Choice(
            "action",
            ("Allow", RuleAction.Allow),
            ("Deny", RuleAction.Deny),
            ("Pass", RuleAction.Pass),
            ("Log", RuleAction.Log)))
        {
            IPVersion = fields.Choice<AddressFamily?>("ipVersion", ("", null), ("4", AddressFamily.IPv4), ("6", AddressFamily.IPv6)),
            Protocol = protocol,
            NotProtocol = fields.Protocol("notProtocol"),
            Icmp = ReadIcmp(fields.Object("icmp")),
            NotIcmp = ReadIcmp(fields.Object("notICMP")),
            Source = ReadEntity(fields.Object("source"), protocol, global, false),
            Destination = ReadEntity(fields.Object("destination"), protocol, global, true),
            HasHttp = http.IsPresent,
            Annotations = metadata.StringMap("annotations"),
        };
        metadata.Finish();
        fields.Finish();
        Check(fields, rule);
        return rule;
    }

    private static void Check(FieldReader fields, RuleSpec rule)
    {
        if ((rule.Icmp ?? rule.NotIcmp) is not null && rule.Protocol != IPProtocol.Icmp && rule.Protocol != IPProtocol.IcmpV6)
        {
            fields.Error(rule.Icmp is null ? "notICMP" : "icmp", "needs protocol ICMP or ICMPv6", ResourceCode.Conflict);
        }

        if (rule.HasHttp && (rule.Action != RuleAction.Allow || (rule.Protocol is { } protocol && protocol != IPProtocol.Tcp)))
        {
            fields.Error("http", "needs action Allow and protocol TCP", ResourceCode.Conflict);
        }

        if (rule.HasHttp)
        {
            fields.Diagnostics.Warning(
                ResourceCode.Ignored, $"'{fields.PathOf("http")}' has no effect in the iptables data plane", fields.RangeOf("http"));
        }

        AddressFamily? family = rule.IPVersion
            ?? (rule.Protocol == IPProtocol.Icmp ? AddressFamily.IPv4
                : rule.Protocol == IPProtocol.IcmpV6 ? AddressFamily.IPv6 : null);
        if (family is { } only && (IsOther(rule.Source.Nets, only) || IsOther(rule.Destination.Nets, only)))
        {
            fields.Error("action", $"a net is not of the rule's family, {only}", ResourceCode.Conflict);
        }
    }

    private static bool IsOther(IReadOnlyList<InternetPrefix> nets, AddressFamily family) =>
        nets.Any(net => net.Family != family);

    private static IcmpMatch? ReadIcmp(FieldReader icmp)
    {
        if (!icmp.IsPresent)
        {
            return null;
        }

        byte? type = (byte?)icmp.Integer("type", 0, 254);
        byte? code = (byte?)icmp.Integer("code", 0, 255);
        icmp.Finish();
        if (!icmp.Has("type"))
        {
            icmp.Error("type", "is missing", ResourceCode.Missing);
        }

        return new IcmpMatch(type ?? 0, code);
    }

    private static EntityRule ReadEntity(FieldReader fields, IPProtocol? protocol, bool global, bool isDestination)
    {
        if (!fields.IsPresent)
        {
            return EntityRule.Any;
        }

        EntityRule entity = new()
        {
            Nets = ReadNets(fields, "nets", "net"),
            NotNets = ReadNets(fields, "notNets", "notNet"),
            Selector = fields.Selector("selector"),
            NotSelector = fields.Selector("notSelector"),
            NamespaceSelector = fields.Selector("namespaceSelector"),
            Ports = ReadPorts(fields, "ports", protocol),
            NotPorts = ReadPorts(fields, "notPorts", protocol),
            ServiceAccounts = ReadServiceAccounts(fields.Object("serviceAccounts")),
            Services = ReadServices(fields.Object("services"), global),
        };
        fields.Finish();
        if (entity.Services is not null)
        {
            CheckServices(fields, entity, isDestination);
        }

        return entity;
    }

    private static IReadOnlyList<InternetPrefix> ReadNets(FieldReader fields, string name, string single)
    {
        IReadOnlyList<InternetPrefix> nets = fields.Prefixes(name);
        if (nets.Count > MaximumNets)
        {
            fields.Error(name, $"{nets.Count} nets, the limit is {MaximumNets}");
        }

        return fields.Prefix(single) is { } net ? [.. nets, net] : nets;
    }

    private static IReadOnlyList<PortMatch> ReadPorts(FieldReader fields, string name, IPProtocol? protocol)
    {
        IReadOnlyList<PortMatch> ports = fields.ParsedList<PortMatch>(name, PortMatch.TryParse, "a port, a range a:b or a port's name");
        if (ports.Count > MaximumPorts)
        {
            fields.Error(name, $"{ports.Count} ports, the limit is {MaximumPorts}");
        }

        if (ports.Count > 0 && protocol?.HasPorts != true)
        {
            fields.Error(name, "needs protocol TCP, UDP or SCTP", ResourceCode.Conflict);
        }

        return ports;
    }

    private static ServiceAccountMatch? ReadServiceAccounts(FieldReader fields)
    {
        if (!fields.IsPresent)
        {
            return null;
        }

        ServiceAccountMatch match = new(fields.Texts("names"), fields.Selector("selector"));
        fields.Finish();
        return match;
    }

    private static ServiceMatch? ReadServices(FieldReader fields, bool global)
    {
        if (!fields.IsPresent)
        {
            return null;
        }

        ServiceMatch match = new(fields.Required("name"), fields.Text("namespace"));
        fields.Finish();
        if (global && string.IsNullOrEmpty(match.Namespace))
        {
            fields.Error("namespace", "is missing: a global policy has no namespace of its own", ResourceCode.Missing);
        }

        return match;
    }

    private static void CheckServices(FieldReader fields, EntityRule entity, bool isDestination)
    {
        if (entity.Selector is not null || entity.NotSelector is not null || entity.NamespaceSelector is not null
            || entity.Nets.Count > 0 || entity.NotNets.Count > 0 || entity.ServiceAccounts is not null)
        {
            fields.Error("services", "excludes selectors, nets and serviceAccounts", ResourceCode.Conflict);
        }

        if (isDestination && (entity.Ports.Count > 0 || entity.NotPorts.Count > 0))
        {
            fields.Error("services", "excludes ports: the service has its own", ResourceCode.Conflict);
        }
    }
}
