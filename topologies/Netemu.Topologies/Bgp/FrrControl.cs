using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp;
using Netemu.Bgp.Frr;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Bgp;

/// <summary>
/// A router's configuration in FRR's words, and its way into the node: addresses and static routes into the namespace, the
/// rest into the speaker. It serves `bgp: {config: frr.conf}` and "conf t" on every router.
/// </summary>
public sealed class FrrControl
{
    private readonly NetworkNamespace _space;
    private readonly FrrConfiguration _model;
    private readonly FrrReader _reader;
    private readonly Dictionary<FrrStaticRoute, Action> _routes = [];
    private readonly HashSet<(string Device, InternetAddress Address, int Length)> _addresses = [];
    private NodeSpeaker? _speaker;

    public FrrControl(NetworkNamespace space, FrrConfiguration model)
    {
        _space = space;
        _model = model;
        _reader = new FrrReader(model);
    }

    /// <summary>What the lines have come to.</summary>
    public FrrConfiguration Model => _model;

    /// <summary>Gives the interfaces their addresses and the tables their static routes; before the speaker is made.</summary>
    public void ApplyToNode()
    {
        foreach ((string name, FrrInterface wanted) in _model.Interfaces)
        {
            if (_space.FindDevice(name) is { } device)
            {
                ApplyAddresses(name, device, wanted);
                device.SetUp(!wanted.IsShutdown);
            }
        }

        foreach (FrrStaticRoute gone in _routes.Keys.Except(_model.StaticRoutes).ToArray())
        {
            _routes[gone]();
            _routes.Remove(gone);
        }

        foreach (FrrStaticRoute route in _model.StaticRoutes)
        {
            if (!_routes.ContainsKey(route))
            {
                Action? undo = route.Prefix.IsIPv4
                    ? Install(_space.IPv4.Routes, route, route.Prefix.IPv4)
                    : Install(_space.IPv6.Routes, route, route.Prefix.IPv6);
                if (undo is not null)
                {
                    _routes.Add(route, undo);
                }
            }
        }
    }

    /// <summary>What the speaker is to be configured with; null without "router bgp".</summary>
    public FrrCompiled? Compile() => _model.Router is null ? null : FrrCompiler.Compile(_model, new FrrEnvironment
    {
        AddressOf = AddressOf,
        RouterId = RouterId(),
    });

    /// <summary>The speaker that "conf t" changes.</summary>
    public void Attach(NodeSpeaker speaker) => _speaker = speaker;

    /// <summary>Runs configuration lines. Null, or what vtysh would say of the first line that it does not know.</summary>
    public string? Configure(IEnumerable<string> lines)
    {
        string? problem = null;
        foreach (string line in lines)
        {
            if (!_reader.TryRead(line, out int _, out string message))
            {
                problem = $"% {char.ToUpperInvariant(message[0])}{message[1..]}\n";
                break;
            }
        }

        ApplyToNode();
        if (_speaker is not null)
        {
            Apply(_speaker);
        }

        return problem;
    }

    /// <summary>What the speaker was made of has changed, under what commands have said.</summary>
    internal void Follow(BgpSpeakerConfiguration configuration)
    {
        _model.Follow(configuration);
        if (_speaker is not null)
        {
            Apply(_speaker);
        }
    }

    /// <summary>Runs "neighbor NAME shutdown" or its opposite. False for a neighbour that the model does not know.</summary>
    internal bool TrySetShutdown(string neighbor, bool shutdown)
    {
        FrrReader reader = new(_model);
        bool known = _model.Router is { } router
            && reader.TryRead($"router bgp {router.As}", out _, out _)
            && reader.TryRead($"{(shutdown ? "" : "no ")}neighbor {neighbor} shutdown", out _, out _);
        if (known && _speaker is not null)
        {
            Apply(_speaker);
        }

        return known;
    }

    /// <summary>Brings a running speaker, and what is redistributed into it, to the model.</summary>
    internal void Apply(NodeSpeaker speaker)
    {
        if (Compile() is not { } compiled)
        {
            speaker.Speaker.Reconfigure(speaker.Speaker.Configuration with
            {
                Neighbors = [],
                NeighborRanges = [],
                Networks = [],
                Aggregates = [],
                Stations = [],
            });
            return;
        }

        ApplyDistances(speaker, compiled);
        speaker.Sink?.Reconsider();
        speaker.Speaker.Reconfigure(compiled.Speaker);
        ApplyRedistribution(speaker, compiled);
        speaker.UpdateAfterConfiguration();
    }

    internal static void ApplyDistances(NodeSpeaker speaker, FrrCompiled compiled)
    {
        if (speaker.Sink is { } sink)
        {
            sink.DistanceOf = compiled.Distances is { } distances ? distances.Of : null;
        }
    }

    internal static void ApplyRedistribution(NodeSpeaker speaker, FrrCompiled compiled)
    {
        bool any = compiled.Redistributions.Count + compiled.CheckedNetworks.Count > 0;
        if (!any && speaker.Redistributor is null)
        {
            return;
        }

        speaker.Redistributor ??= new Redistributor(speaker.Namespace, speaker.Speaker, speaker.NextHops);
        speaker.Redistributor.Clear();
        speaker.Redistributor.Tags = compiled.Tags;
        foreach (BgpNetwork network in compiled.CheckedNetworks)
        {
            speaker.Redistributor.AddChecked(network);
        }

        foreach (FrrRedistribution redistribution in compiled.Redistributions)
        {
            BgpRedistribution source = redistribution.Source switch
            {
                "connected" => BgpRedistribution.Connected,
                "static" => BgpRedistribution.Static,
                _ => BgpRedistribution.Kernel,
            };
            speaker.Redistributor.Add(source, redistribution.Policy, redistribution.Family);
        }

        speaker.Redistributor.Update();
    }

    private void ApplyAddresses(string name, NetDevice device, FrrInterface wanted)
    {
        foreach ((InternetAddress address, int length) in wanted.Addresses)
        {
            if (!_addresses.Add((name, address, length)))
            {
                continue;
            }

            if (address.IsIPv4)
            {
                _space.IPv4.AddAddress(device, new InterfaceAddress<IPv4Address>(address.IPv4, length));
            }
            else
            {
                _space.IPv6.AddAddress(device, new InterfaceAddress<IPv6Address>(address.IPv6, length));
            }
        }
    }

    private Action? Install<TAddress>(RoutingTables<TAddress> tables, FrrStaticRoute route, Prefix<TAddress> prefix)
        where TAddress : struct, IIPAddress<TAddress>
    {
        NextHop<TAddress>? hop = HopOf(tables, route);
        if (hop is null)
        {
            return null;
        }

        Route<TAddress> added = new()
        {
            Prefix = prefix,
            Type = route.IsBlackhole ? RouteType.Blackhole : route.IsReject ? RouteType.Unreachable : RouteType.Unicast,
            Protocol = RouteProtocol.Static,
            Metric = (uint)route.Distance,
            NextHop = hop,
        };
        return tables.Add(added) ? () => tables.Remove(added) : null;
    }

    private NextHop<TAddress>? HopOf<TAddress>(RoutingTables<TAddress> tables, FrrStaticRoute route)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (route.IsBlackhole || route.IsReject)
        {
            return new NextHop<TAddress>(null, default, hasGateway: false);
        }

        NetDevice? device = route.Interface is null ? null : _space.FindDevice(route.Interface);
        if (!route.Gateway.TryGet(out TAddress gateway))
        {
            return device is null ? null : new NextHop<TAddress>(device, default, hasGateway: false);
        }

        device ??= tables.Main.Lookup(gateway)?.NextHop.Device;
        return device is null ? null : new NextHop<TAddress>(device, gateway, hasGateway: true);
    }

    private InternetAddress AddressOf(string device)
    {
        foreach (DeviceAddress<IPv4Address> address in _space.IPv4.Addresses)
        {
            if (address.Device.Name == device && !address.Address.IsLoopback)
            {
                return address.Address;
            }
        }

        return default;
    }

    /// <summary>As zebra chooses: the highest address of the loopback, else the highest of all.</summary>
    private IPv4Address RouterId()
    {
        IPv4Address best = _space.IPv4.Addresses
            .Where(a => !a.Address.IsLoopback)
            .OrderByDescending(a => a.Device.IsLoopback)
            .ThenByDescending(a => a.Address)
            .Select(a => a.Address)
            .FirstOrDefault();
        return best.IsUnspecified ? new IPv4Address((uint)(_space.Node.Index + 1)) : best;
    }
}
