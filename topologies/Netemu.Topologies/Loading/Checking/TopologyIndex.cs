using System;
using System.Collections.Generic;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Checking;

/// <summary>Nodes, namespaces and devices of a topology by name.</summary>
internal sealed class TopologyIndex
{
    private readonly Dictionary<string, NodeSpec> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<NamespaceSpec, Dictionary<string, InterfaceSpec>> _devices = [];

    public TopologyIndex(TopologySpec topology)
    {
        foreach (NodeSpec node in topology.Nodes)
        {
            _nodes.Add(node.Name, node);
            Add(node.Root);
            foreach (NamespaceSpec space in node.Namespaces)
            {
                Add(space);
            }
        }

        foreach (ClusterNodeSpec node in topology.Cluster?.Nodes ?? [])
        {
            ClusterNodes.Add(node.Name);
        }
    }

    public IReadOnlyCollection<string> NodeNames => _nodes.Keys;

    /// <summary>Nodes whose inside is the cluster's business: from the cluster block and from Node manifests.</summary>
    public HashSet<string> ClusterNodes { get; } = new(StringComparer.Ordinal);

    public NodeSpec? FindNode(string name) => _nodes.GetValueOrDefault(name);

    public NamespaceSpec? FindNamespace(string node, string? space) =>
        FindNode(node) is not { } found ? null : space is null ? found.Root : found.FindNamespace(space);

    public InterfaceSpec? FindDevice(NamespaceSpec space, string name) =>
        _devices.TryGetValue(space, out Dictionary<string, InterfaceSpec>? devices) ? devices.GetValueOrDefault(name) : null;

    public IEnumerable<string> DeviceNames(NamespaceSpec space) =>
        _devices.TryGetValue(space, out Dictionary<string, InterfaceSpec>? devices) ? devices.Keys : [];

    /// <summary>Adds a device that a link or a veth's far end makes.</summary>
    public InterfaceSpec AddDevice(NamespaceSpec space, InterfaceSpec device)
    {
        _devices[space].Add(device.Name, device);
        space.Interfaces = space.Interfaces is List<InterfaceSpec> list ? Append(list, device) : [.. space.Interfaces, device];
        return device;
    }

    private static List<InterfaceSpec> Append(List<InterfaceSpec> list, InterfaceSpec device)
    {
        list.Add(device);
        return list;
    }

    private void Add(NamespaceSpec space)
    {
        Dictionary<string, InterfaceSpec> devices = new(StringComparer.Ordinal);
        foreach (InterfaceSpec device in space.Interfaces)
        {
            devices.Add(device.Name, device);
        }

        _devices.Add(space, devices);
    }
}
