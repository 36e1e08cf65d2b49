using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;

namespace Netemu.Topologies.Building;

/// <summary>
/// The cheapest ways from one namespace to the connected prefixes of all others, by the delays of links (Dijkstra). Paths
/// go on through namespaces that forward; switches, bridges and veth pairs cost nothing. Ties go to what was met first.
/// </summary>
internal sealed class ShortestPaths<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    private readonly PriorityQueue<Visit, (long Cost, long Order)> _queue = new();
    private readonly HashSet<NetDevice> _devices = [];
    private readonly HashSet<NetworkNamespace> _spaces = [];
    private readonly Dictionary<Prefix<TAddress>, ReachedPrefix<TAddress>> _reached = [];
    private readonly List<Prefix<TAddress>> _order = [];
    private readonly NetworkNamespace _start;
    private long _sequence;

    private ShortestPaths(NetworkNamespace start) => _start = start;

    /// <summary>The prefixes that <paramref name="start"/> can reach, in the order of cost; its own are not among them.</summary>
    public static IReadOnlyList<ReachedPrefix<TAddress>> From(NetworkNamespace start)
    {
        ShortestPaths<TAddress> paths = new(start);
        paths.Run();
        List<ReachedPrefix<TAddress>> result = [];
        foreach (Prefix<TAddress> prefix in paths._order)
        {
            result.Add(paths._reached[prefix]);
        }

        return result;
    }

    /// <summary>The addresses of a namespace, in either family.</summary>
    public static IEnumerable<(NetDevice Device, InterfaceAddress<TAddress> Address)> AddressesOf(NetworkNamespace space)
    {
        if (TAddress.Family == AddressFamily.IPv4)
        {
            foreach (DeviceAddress<IPv4Address> address in space.IPv4.Addresses)
            {
                yield return (address.Device, Convert(address.Address, address.InterfaceAddress.Length));
            }

            yield break;
        }

        foreach (DeviceAddress<IPv6Address> address in space.IPv6.Addresses)
        {
            if (!address.Address.IsLinkLocal)
            {
                yield return (address.Device, Convert(address.Address, address.InterfaceAddress.Length));
            }
        }
    }

    public static bool Forwards(NetworkNamespace space) =>
        TAddress.Family == AddressFamily.IPv4 ? space.Settings.All.Forwarding : space.Settings.All.ForwardingIPv6;

    private static InterfaceAddress<TAddress> Convert(InternetAddress address, int length)
    {
        address.TryGet(out TAddress converted);
        return new InterfaceAddress<TAddress>(converted, length);
    }

    private void Run()
    {
        _spaces.Add(_start);
        foreach (NetDevice device in _start.Devices)
        {
            if (!device.IsLoopback && device.Master is null)
            {
                Push(device, 0, device, default, hasGateway: false, fromInside: true);
            }
        }

        while (_queue.TryDequeue(out Visit visit, out (long Cost, long Order) key))
        {
            if (!_devices.Add(visit.Device))
            {
                continue;
            }

            if (visit.Device.Master is null && !visit.FromInside)
            {
                Enter(visit, key.Cost);
            }

            Spread(visit, key.Cost);
        }
    }

    /// <summary>The path has come to a namespace: its prefixes are reached, and a router passes on.</summary>
    private void Enter(Visit visit, long cost)
    {
        NetworkNamespace space = visit.Device.Namespace;
        if (_spaces.Contains(space))
        {
            return;
        }

        if (!visit.HasGateway)
        {
            if (!TryFindGateway(visit.Egress, visit.Device, out TAddress gateway))
            {
                return;
            }

            visit = visit with { Gateway = gateway, HasGateway = true };
        }

        _spaces.Add(space);
        foreach ((NetDevice device, InterfaceAddress<TAddress> address) in AddressesOf(space))
        {
            if (!device.IsLoopback || !address.Address.IsLoopback)
            {
                Note(address.Prefix, visit, cost);
            }
        }

        if (!Forwards(space))
        {
            return;
        }

        foreach (NetDevice device in space.Devices)
        {
            if (!device.IsLoopback && device.Master is null && !ReferenceEquals(device, visit.Device))
            {
                Push(device, cost, visit.Egress, visit.Gateway, hasGateway: true, fromInside: true);
            }
        }
    }

    private void Note(Prefix<TAddress> prefix, Visit visit, long cost)
    {
        if (_reached.TryAdd(prefix, new ReachedPrefix<TAddress>(prefix, visit.Egress, visit.Gateway, true, cost)))
        {
            _order.Add(prefix);
        }
    }

    /// <summary>Goes on along the link layer: cable, pair, bridge.</summary>
    private void Spread(Visit visit, long cost)
    {
        switch (visit.Device)
        {
            case EthernetDevice { Link: { IsUp: true } link } end:
                Step(visit, ReferenceEquals(link.A, end) ? link.B : link.A, cost + link.Delay.Nanoseconds);
                break;
            case VethDevice veth:
                Step(visit, veth.Peer, cost);
                break;
            default:
                break;
        }

        if (visit.Device is BridgeDevice bridge)
        {
            foreach (BridgePort port in bridge.Ports)
            {
                Step(visit, port.Device, cost);
            }
        }

        if (visit.Device.Master is BridgeDevice master)
        {
            Step(visit, master, cost);
        }
    }

    private void Step(Visit visit, NetDevice next, long cost) =>
        Push(next, cost, visit.Egress, visit.Gateway, visit.HasGateway, fromInside: false);

    private void Push(NetDevice device, long cost, NetDevice egress, TAddress gateway, bool hasGateway, bool fromInside)
    {
        if (!_devices.Contains(device))
        {
            _queue.Enqueue(new Visit(device, egress, gateway, hasGateway, fromInside), (cost, ++_sequence));
        }
    }

    /// <summary>The neighbour's address in a prefix that the own device is in.</summary>
    private bool TryFindGateway(NetDevice egress, NetDevice neighbour, out TAddress gateway)
    {
        foreach ((NetDevice own, InterfaceAddress<TAddress> mine) in AddressesOf(_start))
        {
            if (!ReferenceEquals(own, egress))
            {
                continue;
            }

            foreach ((NetDevice other, InterfaceAddress<TAddress> theirs) in AddressesOf(neighbour.Namespace))
            {
                if (ReferenceEquals(other, neighbour) && mine.Prefix.Contains(theirs.Address))
                {
                    gateway = theirs.Address;
                    return true;
                }
            }
        }

        gateway = default;
        return false;
    }

    private readonly record struct Visit(
        NetDevice Device, NetDevice Egress, TAddress Gateway, bool HasGateway, bool FromInside);
}
