using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model;

/// <summary>A network namespace: devices, tables and processes. The root namespace of a node has no name.</summary>
public sealed class NamespaceSpec : Spec
{
    /// <summary>The name as in <c>ip netns</c>; null for the root namespace.</summary>
    public string? Name { get; internal set; }

    /// <summary>Set before the namespace's devices come up, in the order of the file.</summary>
    public IReadOnlyList<SysctlSpec> Sysctls { get; internal set; } = [];

    /// <summary>In declaration order; ends of links that are not declared come last, in the links' order.</summary>
    public IReadOnlyList<InterfaceSpec> Interfaces { get; internal set; } = [];

    public IReadOnlyList<RouteSpec> Routes { get; internal set; } = [];

    public IReadOnlyList<RuleSpec> Rules { get; internal set; } = [];

    public IReadOnlyList<NeighbourSpec> Neighbours { get; internal set; } = [];

    public IReadOnlyList<FdbSpec> Fdb { get; internal set; } = [];

    /// <summary>What /etc/resolv.conf names.</summary>
    public IReadOnlyList<InternetAddress> NameServers { get; internal set; } = [];

    public IReadOnlyList<ProcessSpec> Processes { get; internal set; } = [];

    /// <summary>The interface of that name, or null.</summary>
    public InterfaceSpec? FindInterface(string name)
    {
        foreach (InterfaceSpec candidate in Interfaces)
        {
            if (candidate.Name == name)
            {
                return candidate;
            }
        }

        return null;
    }
}
