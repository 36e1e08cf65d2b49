using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Calico.Policies;
using Netemu.Calico.Resources;

namespace Netemu.Calico.Evaluation;

/// <summary>A rule in words, in the order of its clauses: `allow tcp from role == 'client' to ports 5432`.</summary>
public static class RuleText
{
    public static string Of(Rule rule)
    {
        List<string> words = [rule.Action.ToString().ToLowerInvariant()];
        Add(rule.IPVersion is { } version ? version.ToString() : null);
        Add(rule.Protocol is { } protocol ? protocol.ToString().ToLowerInvariant() : null);
        Add(rule.NotProtocol is { } notProtocol ? $"not {notProtocol.ToString().ToLowerInvariant()}" : null);
        Add(rule.Icmp is { } icmp ? $"type {icmp}" : null);
        Add(rule.NotIcmp is { } notIcmp ? $"not type {notIcmp}" : null);
        Add(Side("from", rule.Source));
        Add(Side("to", rule.Destination));
        return string.Join(' ', words);

        void Add(string? text)
        {
            if (text is not null)
            {
                words.Add(text);
            }
        }
    }

    private static string? Side(string word, RuleEntity entity)
    {
        List<string> parts = [];
        if (entity.Nets.Count > 0)
        {
            parts.Add(string.Join(", ", entity.Nets));
        }

        if (entity.NotNets.Count > 0)
        {
            parts.Add($"outside {string.Join(", ", entity.NotNets)}");
        }

        if (entity.Selector is { } selector)
        {
            parts.Add(selector.ToString());
        }

        if (entity.NotSelector is { } exception)
        {
            parts.Add($"but not {exception}");
        }

        if (entity.Service is { } service)
        {
            parts.Add($"service {service.Namespace}/{service.Name}");
        }

        if (entity.Ports.Count > 0)
        {
            parts.Add($"port {Ports(entity.Ports)}");
        }

        if (entity.NotPorts.Count > 0)
        {
            parts.Add($"not port {Ports(entity.NotPorts)}");
        }

        return parts.Count == 0 ? null : $"{word} {string.Join(" ", parts)}";
    }

    private static string Ports(IReadOnlyList<PortMatch> ports) => string.Join(",", ports.Select(port =>
        port.IsNamed ? port.Name
        : port.First == port.Last ? port.First.ToString(CultureInfo.InvariantCulture)
        : $"{port.First}:{port.Last}"));
}
