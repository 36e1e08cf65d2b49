using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Rendering;

/// <summary>
/// The routes and VXLAN neighbours that Felix wants on its node: own workloads by their devices, a blackhole for each own
/// block, and other nodes' prefixes where Felix (and not BIRD) programs them. Pure, like <see cref="DataplaneModel"/>.
/// </summary>
public sealed class RouteModel(string node) : IDataplaneMessageSink
{
    public const string VxlanDevice = "vxlan.calico";

    public const string IpipDevice = "tunl0";

    private readonly SortedDictionary<InternetPrefix, RouteUpdate> _routes = [];
    private readonly SortedDictionary<ResourceKey, WorkloadEndpoint> _workloads = [];
    private readonly SortedDictionary<string, VxlanTunnelEndpointUpdate> _tunnels = new(StringComparer.Ordinal);
    private FelixConfiguration _configuration = new(new ObjectMetadata("default"));

    /// <summary>The other nodes' tunnel endpoints: a permanent neighbour and an FDB entry each, by node.</summary>
    public IReadOnlyList<VxlanTunnelEndpointUpdate> RemoteTunnels => [.. _tunnels.Values.Where(tunnel => tunnel.Node != node)];

    /// <summary>This node's tunnel address and MAC; null if it has none.</summary>
    public VxlanTunnelEndpointUpdate? OwnTunnel => _tunnels.GetValueOrDefault(node);

    public void OnMessage(DataplaneMessage message)
    {
        switch (message)
        {
            case RouteUpdate route:
                _routes[route.Destination] = route;
                break;
            case RouteRemove remove:
                _routes.Remove(remove.Destination);
                break;
            case WorkloadEndpointUpdate update:
                _workloads[update.Key] = update.Endpoint;
                break;
            case WorkloadEndpointRemove remove:
                _workloads.Remove(remove.Key);
                break;
            case VxlanTunnelEndpointUpdate update:
                _tunnels[update.Node] = update;
                break;
            case VxlanTunnelEndpointRemove remove:
                _tunnels.Remove(remove.Node);
                break;
            case ConfigurationUpdate update:
                _configuration = update.Configuration;
                break;
        }
    }

    /// <summary>All routes that should be there, by prefix; what differs in the kernel's table of Felix's own is wrong.</summary>
    public IReadOnlyList<RenderedRoute> Render()
    {
        List<RenderedRoute> routes = [];
        Dictionary<InternetAddress, string> devices = [];
        foreach (WorkloadEndpoint workload in _workloads.Values)
        {
            foreach (InternetAddress address in workload.Addresses)
            {
                devices.TryAdd(address, workload.InterfaceName);
            }
        }

        foreach (RouteUpdate route in _routes.Values)
        {
            if (Render(route, devices) is { } rendered)
            {
                routes.Add(rendered);
            }
        }

        return routes;
    }

    private RenderedRoute? Render(RouteUpdate route, Dictionary<InternetAddress, string> devices) => route.Type switch
    {
        RouteType.LocalWorkload when devices.TryGetValue(route.Destination.Address, out string? device) =>
            new RenderedRoute(route.Destination) { Device = device },
        RouteType.LocalBlock => new RenderedRoute(route.Destination) { IsBlackhole = true },
        RouteType.RemoteBlock or RouteType.RemoteWorkload => RenderRemote(route),
        _ => null,
    };

    /// <summary>
    /// VXLAN pools are Felix's, unencapsulated neighbours of a CrossSubnet pool included; IPIP and plain pools only as far
    /// as programClusterRoutes says.
    /// </summary>
    private RenderedRoute? RenderRemote(RouteUpdate route)
    {
        if (route.NodeAddress is not { } address)
        {
            return null;
        }

        return route switch
        {
            { Tunnel: TunnelType.Vxlan } => _tunnels.TryGetValue(route.Node, out VxlanTunnelEndpointUpdate? remote)
                ? new RenderedRoute(route.Destination) { Gateway = remote.TunnelAddress, Device = VxlanDevice, IsOnLink = true }
                : null,
            { Tunnel: TunnelType.Ipip } => _configuration.ProgramClusterRoutes == ClusterRouteProgramming.Disabled
                ? null
                : new RenderedRoute(route.Destination) { Gateway = address, Device = IpipDevice, IsOnLink = true },
            { PoolTunnel: TunnelType.Vxlan } => new RenderedRoute(route.Destination) { Gateway = address },
            { PoolTunnel: TunnelType.Ipip } when _configuration.ProgramClusterRoutes != ClusterRouteProgramming.Disabled =>
                new RenderedRoute(route.Destination) { Gateway = address },
            _ when _configuration.ProgramClusterRoutes == ClusterRouteProgramming.Enabled =>
                new RenderedRoute(route.Destination) { Gateway = address },
            _ => null,
        };
    }
}
