using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Yaml;
using Netemu.Core.Addresses;
using Netemu.Topologies.Building;
using Netemu.Topologies.Cluster;
using Netemu.Topologies.Model;
using ServiceEndpoint = Netemu.Topologies.Model.ServiceEndpoint;

namespace Netemu.Cli;

/// <summary>Reads endpoints from the command line: NODE, NODE/NS, pod:NS/NAME, svc:NS/NAME or an address.</summary>
internal static class EndpointText
{
    /// <summary>That there is no such end in a topology, and which was probably meant.</summary>
    public static string Missing(string text, BuiltTopology topology)
    {
        IEnumerable<string> pods = topology.Extensions.OfType<ClusterExtension>()
            .SelectMany(e => e.Store?.List(ResourceKind.Pod) ?? []).Select(p => $"pod:{p.Key.Namespace}/{p.Key.Name}");
        IEnumerable<string> namespaces = topology.Emulation.Nodes.SelectMany(n => n.Namespaces).Select(n => n.QualifiedName);
        return $"there is no '{text}'{(Spelling.Hint(text, namespaces.Concat(pods)) is { } hint ? $"; {hint}" : string.Empty)}";
    }

    public static EndpointRef Parse(string text)
    {
        if (InternetAddress.TryParse(text, out InternetAddress address))
        {
            return new AddressEndpoint(address);
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string kind = colon < 0 ? string.Empty : text[..colon];
        string[] parts = text[(colon + 1)..].Split('/', 2);
        string first = parts[0];
        string? second = parts.Length > 1 ? parts[1] : null;
        return kind switch
        {
            "pod" => new PodEndpoint(first, second ?? string.Empty),
            "svc" => new ServiceEndpoint(first, second ?? string.Empty),
            _ => new NodeEndpoint(first, second),
        };
    }
}
