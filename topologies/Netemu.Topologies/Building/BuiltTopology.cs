using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Diagnostics;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Building;

/// <summary>An emulation with the specification that it was built from: names of the file lead to what they name.</summary>
public sealed class BuiltTopology
{
    /// <summary>The bridge device of a node that is a switch or a hub.</summary>
    public const string SwitchDevice = "br0";

    private readonly Dictionary<string, NodeSpec> _nodes = [];
    private readonly Dictionary<LinkSpec, Link> _links = [];
    private readonly List<HostEdge> _hostEdges = [];
    private readonly NodeBuilder _builder;
    private readonly TopologyExpansion _expansion;

    internal BuiltTopology(
        TopologySpec specification, TopologyExpansion expansion, Emulation emulation, IReadOnlyList<EmulationExtension> extensions)
    {
        Specification = specification;
        Emulation = emulation;
        Extensions = extensions;
        Nodes = expansion.Nodes;
        Links = expansion.Links;
        Diagnostics = expansion.Diagnostics;
        _expansion = expansion;
        _builder = new NodeBuilder(this);
        foreach (NodeSpec node in Nodes)
        {
            _nodes.Add(node.Name, node);
        }
    }

    public TopologySpec Specification { get; }

    public Emulation Emulation { get; }

    public IReadOnlyList<EmulationExtension> Extensions { get; }

    /// <summary>The nodes of the file, then those of extensions: the order of the emulation's nodes.</summary>
    public IReadOnlyList<NodeSpec> Nodes { get; }

    public IReadOnlyList<LinkSpec> Links { get; }

    /// <summary>What building found; with an error among them nothing may run.</summary>
    public DiagnosticBag Diagnostics { get; }

    /// <summary>The devices that the file attaches to the real kernel, in the order of the file.</summary>
    public IReadOnlyList<HostEdge> HostEdges => _hostEdges;

    /// <summary>Told of a node that has joined while the emulation runs.</summary>
    internal event Action<Node>? NodeJoined;

    /// <summary>Joins such a device to its other side again when its node has booted anew; null where nothing is attached.</summary>
    public Action<HostEdge>? AttachEdge { get; set; }

    internal NodeBuilder Builder => _builder;

    public NodeSpec? FindSpecification(string node) => _nodes.GetValueOrDefault(node);

    /// <summary>The namespace that an endpoint stands for; null for addresses, and for what does not exist now.</summary>
    public NetworkNamespace? FindNamespace(EndpointRef endpoint)
    {
        if (endpoint is NodeEndpoint named)
        {
            return Emulation.FindNode(named.Node)?.FindNamespace(named.Namespace ?? string.Empty);
        }

        foreach (EmulationExtension extension in Extensions)
        {
            if (extension.FindNamespace(endpoint) is { } space)
            {
                return space;
            }
        }

        return null;
    }

    /// <summary>The device of that name, or null while there is none.</summary>
    public NetDevice? FindDevice(DeviceRef device) => FindNamespace(device.Owner)?.FindDevice(device.Device);

    /// <summary>The link with that end, or of that name; null if there is none.</summary>
    public Link? FindLink(DeviceRef? end, string? name)
    {
        foreach (LinkSpec specification in Links)
        {
            bool named = name is not null && specification.Name == name;
            if (named || (end is not null && (specification.A == end || specification.B == end)))
            {
                return _links.GetValueOrDefault(specification);
            }
        }

        return end is not null && FindDevice(end) is EthernetDevice device ? device.Link : null;
    }

    /// <summary>
    /// The address to talk to when an endpoint is meant: an address is itself; a namespace is the first address of its
    /// first device that has one, IPv4 unless <paramref name="family"/> says otherwise. Loopback's own address is nobody's to
    /// talk to as long as there is another one, be it IPv6. None if it has none.
    /// </summary>
    public InternetAddress FindAddress(EndpointRef endpoint, AddressFamily? family)
    {
        IReadOnlyList<InternetAddress> addresses = FindAddresses(endpoint);
        foreach (InternetAddress address in addresses)
        {
            bool wanted = address.Family == (family ?? AddressFamily.IPv4);
            if (wanted && (family is not null || !address.IsIPv4 || !address.IPv4.IsLoopback))
            {
                return address;
            }
        }

        return family is null && addresses.Count > 0 ? addresses[0] : default;
    }

    /// <summary>Takes a node and its cable in that the file does not have.</summary>
    internal void Add(NodeSpec node, LinkSpec cable)
    {
        _expansion.Add(node);
        _expansion.Add(cable);
        _nodes.Add(node.Name, node);
    }

    internal void NoteJoined(Node node) => NodeJoined?.Invoke(node);

    internal void Register(LinkSpec specification, Link link) => _links.Add(specification, link);

    /// <summary>A device of the same name takes the place of the one before, which went down with its node.</summary>
    internal void Register(HostEdge edge)
    {
        int known = _hostEdges.FindIndex(e => ReferenceEquals(e.Specification, edge.Specification));
        if (known < 0)
        {
            _hostEdges.Add(edge);
            return;
        }

        _hostEdges[known] = edge;
        AttachEdge?.Invoke(edge);
    }

    internal Link LinkOf(LinkSpec specification) => _links[specification];

    private IReadOnlyList<InternetAddress> FindAddresses(EndpointRef endpoint)
    {
        if (endpoint is AddressEndpoint literal)
        {
            return [literal.Address];
        }

        foreach (EmulationExtension extension in Extensions)
        {
            if (extension.FindAddresses(endpoint) is { Count: > 0 } addresses)
            {
                return addresses;
            }
        }

        return FindNamespace(endpoint) is { } space ? AddressesOf(space) : [];
    }

    /// <summary>By device, then in the order of their addition; loopback's own addresses come last, link-local ones not at all.</summary>
    private static List<InternetAddress> AddressesOf(NetworkNamespace space)
    {
        List<InternetAddress> addresses = [];
        foreach (NetDevice device in space.Devices.OrderBy(d => d.IsLoopback))
        {
            foreach (DeviceAddress<IPv4Address> address in space.IPv4.Addresses.Where(a => ReferenceEquals(a.Device, device)))
            {
                addresses.Add(address.Address);
            }

            foreach (DeviceAddress<IPv6Address> address in space.IPv6.Addresses.Where(a => ReferenceEquals(a.Device, device)))
            {
                if (!address.Address.IsLinkLocal)
                {
                    addresses.Add(address.Address);
                }
            }
        }

        return addresses;
    }
}
