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
    private readonly Dictionary<InternetAddress, SortedSet<ResourceKey>> _users = [];
    private readonly SortedSet<InternetPrefix> _changed = [];
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
                _changed.Add(route.Destination);
                break;
            case RouteRemove remove:
                _routes.Remove(remove.Destination);
                _changed.Add(remove.Destination);
                break;
            case WorkloadEndpointUpdate update:
                UpdateWorkload(update.Key, update.Endpoint);
                break;
            case WorkloadEndpointRemove remove:
                UpdateWorkload(remove.Key, null);
                break;
            case VxlanTunnelEndpointUpdate update:
                _tunnels[update.Node] = update;
                MarkTunnelled(update.Node);
                break;
            case VxlanTunnelEndpointRemove remove:
                _tunnels.Remove(remove.Node);
                MarkTunnelled(remove.Node);
                break;
            case ConfigurationUpdate update:
                _configuration = update.Configuration;
                _changed.UnionWith(_routes.Keys);
                break;
        }
    }

    /// <summary>
    /// The prefixes that something has changed for since the last call, with what is wanted now; null for none. The work
    /// is in proportion to the change.
    /// </summary>
    public IReadOnlyList<(InternetPrefix Destination, RenderedRoute? Wanted)> TakeChanges()
    {
        List<(InternetPrefix, RenderedRoute?)> changes = new(_changed.Count);
        foreach (InternetPrefix destination in _changed)
        {
            changes.Add((destination, _routes.TryGetValue(destination, out RouteUpdate? route) ? Render(route) : null));
        }

        _changed.Clear();
        return changes;
    }

    /// <summary>All routes that should be there, by prefix; what differs in the kernel's table of Felix's own is wrong.</summary>
    public IReadOnlyList<RenderedRoute> Render() => [.. _routes.Values.Select(Render).OfType<RenderedRoute>()];

    private void UpdateWorkload(ResourceKey key, WorkloadEndpoint? endpoint)
    {
        if (_workloads.Remove(key, out WorkloadEndpoint? before))
        {
            foreach (InternetAddress address in RoutedOf(before))
            {
                _changed.Add(InternetPrefix.Host(address));
                if (_users.TryGetValue(address, out SortedSet<ResourceKey>? users) && users.Remove(key) && users.Count == 0)
                {
                    _users.Remove(address);
                }
            }
        }

        if (endpoint is null)
        {
            return;
        }

        _workloads.Add(key, endpoint);
        foreach (InternetAddress address in RoutedOf(endpoint))
        {
            _changed.Add(InternetPrefix.Host(address));
            if (!_users.TryGetValue(address, out SortedSet<ResourceKey>? users))
            {
                users = [];
                _users.Add(address, users);
            }

            users.Add(key);
        }
    }

    private static IEnumerable<InternetAddress> RoutedOf(WorkloadEndpoint endpoint) =>
        endpoint.Addresses.Concat(endpoint.Nats.Select(nat => nat.External));

    /// <summary>A tunnel's end decides the gateway of every prefix behind it.</summary>
    private void MarkTunnelled(string owner) =>
        _changed.UnionWith(_routes.Values.Where(route => route.Tunnel == TunnelType.Vxlan && route.Node == owner).Select(route => route.Destination));

    /// <summary>The device of the workload that has the address; of several that claim it, the first by key.</summary>
    private string? DeviceOf(InternetAddress address) =>
        _users.TryGetValue(address, out SortedSet<ResourceKey>? users) ? _workloads[users.Min].InterfaceName : null;

    private RenderedRoute? Render(RouteUpdate route) => route.Type switch
    {
        RouteType.LocalWorkload when DeviceOf(route.Destination.Address) is { } device =>
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
