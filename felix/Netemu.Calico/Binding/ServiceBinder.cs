using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Calico.Binding;

/// <summary>Reads Services and EndpointSlices.</summary>
internal static class ServiceBinder
{
    private static readonly Duration _defaultAffinity = Duration.FromSeconds(10_800);

    public static Resource Read(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        bool headless = spec.Text("clusterIP") == "None";
        IReadOnlyList<InternetAddress> addresses = headless ? [] : spec.Addresses("clusterIPs");
        if (!headless && addresses.Count == 0 && spec.Address("clusterIP") is { } address)
        {
            addresses = [address];
        }

        FieldReader affinity = spec.Object("sessionAffinityConfig").Object("clientIP");
        bool sticky = spec.Choice("sessionAffinity", ("None", false), ("ClientIP", true));
        Service service = new(metadata)
        {
            Type = spec.Choice(
                "type",
                ("ClusterIP", ServiceType.ClusterIP),
                ("NodePort", ServiceType.NodePort),
                ("LoadBalancer", ServiceType.LoadBalancer),
                ("ExternalName", ServiceType.ExternalName)),
            ClusterIPs = addresses,
            IsHeadless = headless,
            ExternalIPs = spec.Addresses("externalIPs"),
            LoadBalancerIPs = LoadBalancerAddresses(fields, spec),
            LoadBalancerSourceRanges = spec.Prefixes("loadBalancerSourceRanges"),
            ExternalName = spec.Text("externalName"),
            Ports = [.. spec.Objects("ports").Select(ReadPort)],
            PodSelector = spec.Has("selector") ? spec.StringMap("selector") : null,
            ExternalTrafficLocal = spec.Choice("externalTrafficPolicy", ("Cluster", false), ("Local", true)),
            InternalTrafficLocal = spec.Choice("internalTrafficPolicy", ("Cluster", false), ("Local", true)),
            ClientIPAffinity = !sticky ? null
                : affinity.Integer("timeoutSeconds", 1, 86_400) is { } seconds ? Duration.FromSeconds(seconds)
                : _defaultAffinity,
            PublishNotReadyAddresses = spec.Flag("publishNotReadyAddresses", false),
        };
        spec.Ignore(
            "clusterIP", "clusterIPs", "ipFamilies", "healthCheckNodePort", "loadBalancerClass",
            "allocateLoadBalancerNodePorts", "sessionAffinityConfig");
        if (spec.Text("ipFamilyPolicy") is { Length: > 0 } policy && policy != "SingleStack" && !headless && addresses.Count < 2)
        {
            spec.HasNoEffect("ipFamilyPolicy", "an IPv4 address is given out; an IPv6 one must stand under clusterIPs");
        }

        spec.HasNoEffect("trafficDistribution", "every ready endpoint has an equal chance");
        spec.Finish();
        return service;
    }

    public static Resource ReadSlice(FieldReader fields, ObjectMetadata metadata)
    {
        string? service = metadata.Labels[EndpointSlice.ServiceNameLabel];
        if (service is null)
        {
            fields.Object("metadata").Error("labels", $"label '{EndpointSlice.ServiceNameLabel}' is missing", ResourceCode.Missing);
        }

        List<NamedPort> ports = [];
        foreach (FieldReader port in fields.Objects("ports"))
        {
            ports.Add(new NamedPort(
                port.Text("name") ?? string.Empty, port.Protocol("protocol") ?? IPProtocol.Tcp, port.Port("port") ?? 0));
            port.Ignore("appProtocol");
            port.Finish();
        }

        List<ServiceEndpoint> endpoints = [];
        foreach (FieldReader endpoint in fields.Objects("endpoints"))
        {
            endpoints.Add(new ServiceEndpoint(
                endpoint.Addresses("addresses"),
                endpoint.Object("conditions").Flag("ready", true),
                endpoint.Text("nodeName"),
                endpoint.Text("hostname"),
                endpoint.Object("targetRef").Text("name")));
            endpoint.Ignore("zone", "hints", "deprecatedTopology");
            endpoint.Finish();
        }

        fields.Ignore("addressType");
        return new EndpointSlice(metadata, service ?? string.Empty) { Ports = ports, Endpoints = endpoints };
    }

    private static List<InternetAddress> LoadBalancerAddresses(FieldReader fields, FieldReader spec)
    {
        List<InternetAddress> addresses = [];
        foreach (FieldReader ingress in fields.Object("status").Object("loadBalancer").Objects("ingress"))
        {
            if (ingress.Address("ip") is { } address)
            {
                addresses.Add(address);
            }
        }

        if (spec.Address("loadBalancerIP") is { } requested && addresses.Count == 0)
        {
            addresses.Add(requested);
        }

        return addresses;
    }

    private static ServicePort ReadPort(FieldReader port)
    {
        ushort number = port.Port("port") ?? 0;
        if (number == 0 && !port.Has("port"))
        {
            port.Error("port", "is missing", ResourceCode.Missing);
        }

        PortMatch target = port.Parsed<PortMatch>("targetPort", PortMatch.TryParse, "a port number or name")
            ?? new PortMatch(number, number);
        ServicePort result = new(
            port.Text("name") ?? string.Empty,
            port.Protocol("protocol") ?? IPProtocol.Tcp,
            number,
            target,
            port.Port("nodePort") ?? 0);
        port.Ignore("appProtocol");
        port.Finish();
        return result;
    }
}
