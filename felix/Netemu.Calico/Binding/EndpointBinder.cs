using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Workloads;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Binding;

/// <summary>Reads network sets, endpoints and profiles.</summary>
internal static class EndpointBinder
{
    public static Resource ReadNetworkSet(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        IReadOnlyList<InternetPrefix> nets = spec.Prefixes("nets");
        spec.Finish();
        return new NetworkSet(metadata, nets);
    }

    public static Resource ReadHost(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        HostEndpoint endpoint = new(metadata, spec.Required("node"))
        {
            InterfaceName = spec.Text("interfaceName") ?? string.Empty,
            ExpectedIPs = spec.Addresses("expectedIPs"),
            Profiles = spec.Texts("profiles"),
            Ports = [.. spec.Objects("ports").Select(ReadPort)],
        };
        spec.Finish();
        if (endpoint.InterfaceName.Length == 0 && endpoint.ExpectedIPs.Count == 0)
        {
            spec.Error("interfaceName", "an endpoint needs interfaceName or expectedIPs", ResourceCode.Missing);
        }

        return endpoint;
    }

    public static Resource ReadWorkload(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        string orchestrator = spec.Text("orchestrator") ?? WellKnownLabels.OrchestratorKubernetes;
        metadata = metadata with { Labels = WorkloadEndpoints.LabelsOf(metadata, orchestrator, spec.Text("serviceAccountName")) };
        WorkloadEndpoint endpoint = new(metadata, spec.Required("node"), spec.Required("interfaceName"))
        {
            Orchestrator = orchestrator,
            Workload = spec.Text("pod") ?? spec.Text("workload") ?? string.Empty,
            Endpoint = spec.Text("endpoint") ?? "eth0",
            Mac = spec.Parsed<MacAddress>(
                "mac", static (string text, out MacAddress value) => MacAddress.TryParse(text, out value), "a MAC address"),
            Addresses = [.. ReadHostNets(spec).Select(net => net.Address)],
            Nats =
            [
                .. spec.Objects("ipNATs").Select(nat => (nat.Address("externalIP") ?? default, nat.Address("internalIP") ?? default)),
            ],
            Profiles = spec.Texts("profiles"),
            Ports = [.. spec.Objects("ports").Select(ReadPort)],
            AllowSpoofedSourcePrefixes = spec.Prefixes("allowSpoofedSourcePrefixes"),
        };
        spec.Ignore("containerID", "ipv4Gateway", "ipv6Gateway", "workload", "pod");
        spec.Finish();
        return endpoint;
    }

    public static Resource ReadProfile(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        Profile profile = new(metadata)
        {
            LabelsToApply = spec.StringMap("labelsToApply"),
            Ingress = PolicyBinder.ReadRules(spec, "ingress", true),
            Egress = PolicyBinder.ReadRules(spec, "egress", true),
        };
        spec.Finish();
        return profile;
    }

    private static IReadOnlyList<InternetPrefix> ReadHostNets(FieldReader spec)
    {
        IReadOnlyList<InternetPrefix> nets = spec.Prefixes("ipNetworks");
        if (nets.Any(net => !net.IsHost))
        {
            spec.Error("ipNetworks", "only /32 and /128 are possible");
        }

        return nets;
    }

    private static NamedPort ReadPort(FieldReader port)
    {
        NamedPort result = new(
            port.Required("name"), port.Protocol("protocol") ?? IPProtocol.Tcp, port.Port("port") ?? 0);
        port.Ignore("hostPort", "hostIP");
        port.Finish();
        return result;
    }
}
