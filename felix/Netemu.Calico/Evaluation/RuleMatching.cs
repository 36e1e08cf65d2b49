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
    public bool Matches(Rule rule, Flow flow) => MismatchOf(rule, flow) == RuleClause.None;

    /// <summary>The first clause that does not hold; None if the rule matches.</summary>
    public RuleClause MismatchOf(Rule rule, Flow flow)
    {
        if (rule.IPVersion is { } version && version != flow.Family)
        {
            return RuleClause.IPVersion;
        }

        if ((rule.Protocol is { } protocol && protocol != flow.Protocol) || rule.NotProtocol == flow.Protocol)
        {
            return RuleClause.Protocol;
        }

        if ((rule.Icmp is { } icmp && !(IsIcmp(flow) && icmp.Matches(flow.IcmpType, flow.IcmpCode)))
            || (rule.NotIcmp is { } notIcmp && (!IsIcmp(flow) || notIcmp.Matches(flow.IcmpType, flow.IcmpCode))))
        {
            return RuleClause.Icmp;
        }

        RuleClause source = MismatchOf(rule.Source, flow.Source, flow.SourcePort, flow, isDestination: false);
        return source != RuleClause.None
            ? source
            : MismatchOf(rule.Destination, flow.Destination, flow.DestinationPort, flow, isDestination: true);
    }

    private RuleClause MismatchOf(RuleEntity entity, InternetAddress address, int port, Flow flow, bool isDestination)
    {
        if (entity.Nets.Count > 0 && !entity.Nets.Any(net => net.Contains(address)))
        {
            return Side(RuleClause.SourceNets);
        }

        // A rule whose exceptions are all of the other family says nothing about this one.
        if (entity.NotNets.Count > 0
            && (entity.NotNets.Any(net => net.Contains(address)) || entity.NotNets.All(net => net.Family != address.Family)))
        {
            return Side(RuleClause.SourceNotNets);
        }

        if (entity.PositiveSelector is { } positive
            ? !IsAddressOf(positive, address)
            : entity.NotSelector is { } negative && IsAddressOf(negative, address))
        {
            return Side(RuleClause.SourceSelector);
        }

        if (entity.Service is { } service && !IsEndpointOf(service, address, port, flow.Protocol, isDestination))
        {
            return Side(RuleClause.SourceService);
        }

        bool portsHold = (entity.Ports.Count == 0 || HasPort(entity.Ports, entity, address, port, flow.Protocol))
            && (entity.NotPorts.Count == 0 || !HasPort(entity.NotPorts, entity, address, port, flow.Protocol));
        return portsHold ? RuleClause.None : Side(RuleClause.SourcePorts);

        RuleClause Side(RuleClause clause) =>
            isDestination ? clause + (RuleClause.DestinationNets - RuleClause.SourceNets) : clause;
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
