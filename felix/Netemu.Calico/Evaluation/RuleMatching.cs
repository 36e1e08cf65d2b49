using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Policies;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Evaluation;

/// <summary>Whether a rule matches a packet: every condition on its own, straight from the endpoints.</summary>
internal sealed class RuleMatching(ClusterState state)
{
    public bool Matches(Rule rule, Flow flow) =>
        (rule.IPVersion is null || rule.IPVersion == flow.Family)
        && (rule.Protocol is null || rule.Protocol == flow.Protocol)
        && (rule.NotProtocol is null || rule.NotProtocol != flow.Protocol)
        && (rule.Icmp is not { } icmp || (IsIcmp(flow) && icmp.Matches(flow.IcmpType, flow.IcmpCode)))
        && (rule.NotIcmp is not { } notIcmp || (IsIcmp(flow) && !notIcmp.Matches(flow.IcmpType, flow.IcmpCode)))
        && Matches(rule.Source, flow.Source, flow.SourcePort, flow, isDestination: false)
        && Matches(rule.Destination, flow.Destination, flow.DestinationPort, flow, isDestination: true);

    private bool Matches(RuleEntity entity, InternetAddress address, int port, Flow flow, bool isDestination)
    {
        if (entity.Nets.Count > 0 && !entity.Nets.Any(net => net.Contains(address)))
        {
            return false;
        }

        // A rule whose exceptions are all of the other family says nothing about this one.
        if (entity.NotNets.Count > 0
            && (entity.NotNets.Any(net => net.Contains(address)) || entity.NotNets.All(net => net.Family != address.Family)))
        {
            return false;
        }

        if (entity.PositiveSelector is { } positive
            ? !IsAddressOf(positive, address)
            : entity.NotSelector is { } negative && IsAddressOf(negative, address))
        {
            return false;
        }

        if (entity.Service is { } service && !IsEndpointOf(service, address, port, flow.Protocol, isDestination))
        {
            return false;
        }

        return (entity.Ports.Count == 0 || HasPort(entity.Ports, entity, address, port, flow.Protocol))
            && (entity.NotPorts.Count == 0 || !HasPort(entity.NotPorts, entity, address, port, flow.Protocol));
    }

    private bool IsAddressOf(Selector selector, InternetAddress address) =>
        state.Endpoints.Any(endpoint => endpoint.Nets.Any(net => net.Contains(address)) && selector.Matches(endpoint.Labels));

    private bool HasPort(
        IReadOnlyList<PortMatch> ports, RuleEntity entity, InternetAddress address, int port, IPProtocol protocol) =>
        protocol.HasPorts
        && ports.Any(match => match.IsNamed
            ? HasNamedPort(match.Name!, entity.NamedPortSelector, address, port, protocol)
            : match.Contains(port));

    private bool HasNamedPort(string name, Selector selector, InternetAddress address, int port, IPProtocol protocol) =>
        state.Endpoints.Any(endpoint =>
            endpoint.Nets.Any(net => net.Contains(address))
            && endpoint.Ports.Any(named => named.Name == name && named.Protocol == protocol && named.Port == port)
            && selector.Matches(endpoint.Labels));

    /// <summary>A destination must be an endpoint's address and port, a source only its address.</summary>
    private bool IsEndpointOf(ResourceKey service, InternetAddress address, int port, IPProtocol protocol, bool isDestination) =>
        state.Slices.Any(slice =>
            slice.Namespace == service.Namespace
            && slice.ServiceName == service.Name
            && slice.Endpoints.Any(endpoint => endpoint.Addresses.Contains(address))
            && (!isDestination || slice.Ports.Any(named => named.Protocol == protocol && named.Port == port)));

    private static bool IsIcmp(Flow flow) => flow.Protocol == IPProtocol.Icmp || flow.Protocol == IPProtocol.IcmpV6;
}
