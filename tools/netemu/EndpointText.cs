using System;
using Netemu.Core.Addresses;
using Netemu.Topologies.Model;

namespace Netemu.Cli;

/// <summary>Reads endpoints from the command line: NODE, NODE/NS, pod:NS/NAME, svc:NS/NAME or an address.</summary>
internal static class EndpointText
{
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
