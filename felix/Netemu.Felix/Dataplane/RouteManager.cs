using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Dataplane;

/// <summary>
/// The routes that Felix owns: a /32 to each workload, a blackhole for each block of this node (so that unused addresses do
/// not follow the default route and loop). Remote blocks without encapsulation are BIRD's.
/// </summary>
internal sealed class RouteManager(NetworkNamespace space)
{
    private readonly SortedDictionary<InternetPrefix, RouteUpdate> _blocks = [];
    private readonly SortedDictionary<ResourceKey, WorkloadEndpoint> _workloads = [];
    private readonly Dictionary<Prefix<IPv4Address>, Route<IPv4Address>> _installed = [];
    private readonly SortedSet<Prefix<IPv4Address>> _dirty = [];

    /// <summary>True while <see cref="Apply"/> has something to do.</summary>
    public bool IsDirty => _dirty.Count > 0;

    public void OnMessage(DataplaneMessage message)
    {
        switch (message)
        {
            case RouteUpdate { Type: Messages.RouteType.LocalBlock, Destination.IsIPv4: true } block:
                _blocks[block.Destination] = block;
                _dirty.Add(block.Destination.IPv4);
                break;
            case RouteUpdate { Destination.IsIPv4: true } other when _blocks.Remove(other.Destination):
                _dirty.Add(other.Destination.IPv4);
                break;
            case RouteRemove { Destination.IsIPv4: true } remove when _blocks.Remove(remove.Destination):
                _dirty.Add(remove.Destination.IPv4);
                break;
            case WorkloadEndpointUpdate update:
                Mark(_workloads.GetValueOrDefault(update.Key));
                _workloads[update.Key] = update.Endpoint;
                Mark(update.Endpoint);
                break;
            case WorkloadEndpointRemove remove:
                Mark(_workloads.GetValueOrDefault(remove.Key));
                _workloads.Remove(remove.Key);
                break;
            default:
                break;
        }
    }

    /// <summary>Writes the difference. A workload whose device is not there (yet) stays dirty.</summary>
    public void Apply()
    {
        Prefix<IPv4Address>[] dirty = [.. _dirty];
        _dirty.Clear();
        foreach (Prefix<IPv4Address> prefix in dirty)
        {
            Route<IPv4Address>? wanted = Wanted(prefix);
            if (_installed.Remove(prefix, out Route<IPv4Address>? old))
            {
                space.IPv4.Routes.Remove(old);
            }

            if (wanted is not null && space.IPv4.Routes.Add(wanted))
            {
                _installed.Add(prefix, wanted);
            }
        }
    }

    /// <summary>
    /// A full resync (routeRefreshInterval): what somebody removed by hand is put back. Says whether anything was missing.
    /// </summary>
    public bool Resync()
    {
        foreach ((Prefix<IPv4Address> prefix, Route<IPv4Address> route) in _installed)
        {
            bool found = false;
            for (Route<IPv4Address>? present = space.IPv4.Routes.Main.Find(prefix); present is not null; present = present.Next)
            {
                found |= ReferenceEquals(present, route);
            }

            if (!found)
            {
                _dirty.Add(prefix);
            }
        }

        return IsDirty;
    }

    private void Mark(WorkloadEndpoint? endpoint)
    {
        foreach (InternetAddress address in endpoint?.Addresses ?? [])
        {
            if (address.IsIPv4)
            {
                _dirty.Add(Prefix<IPv4Address>.Host(address.IPv4));
            }
        }
    }

    private Route<IPv4Address>? Wanted(Prefix<IPv4Address> prefix)
    {
        if (_blocks.ContainsKey(prefix))
        {
            return new Route<IPv4Address>
            {
                Prefix = prefix,
                Type = Engine.Routing.RouteType.Blackhole,
                Protocol = RouteProtocol.Boot,
                NextHop = new NextHop<IPv4Address>(null, default, hasGateway: false),
            };
        }

        foreach (WorkloadEndpoint endpoint in _workloads.Values)
        {
            foreach (InternetAddress address in endpoint.Addresses)
            {
                if (prefix.Length == 32 && address.IsIPv4 && address.IPv4 == prefix.Address)
                {
                    return ToWorkload(prefix, endpoint);
                }
            }
        }

        return null;
    }

    private Route<IPv4Address>? ToWorkload(Prefix<IPv4Address> prefix, WorkloadEndpoint endpoint)
    {
        NetDevice? device = space.FindDevice(endpoint.InterfaceName);
        if (device is not { IsUp: true })
        {
            _dirty.Add(prefix);
            return null;
        }

        return new Route<IPv4Address>
        {
            Prefix = prefix,
            Protocol = RouteProtocol.Boot,
            Scope = RouteScope.Link,
            NextHop = new NextHop<IPv4Address>(device, default, hasGateway: false),
        };
    }
}
