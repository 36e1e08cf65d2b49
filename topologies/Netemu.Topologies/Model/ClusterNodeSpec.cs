using System.Collections.Generic;

namespace Netemu.Topologies.Model;

/// <summary>One machine of a cluster.</summary>
public sealed class ClusterNodeSpec : Spec
{
    public string Name { get; internal set; } = string.Empty;

    public IReadOnlyList<InterfaceAddressSpec> Addresses { get; internal set; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; internal set; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Annotations { get; internal set; } = [];

    public uint? Asn { get; internal set; }

    /// <summary>The rack that the node stands in, from 1; null for the common segment.</summary>
    public int? Rack { get; internal set; }

    /// <summary>Commands at t=0 in the root namespace.</summary>
    public IReadOnlyList<CommandSpec> Exec { get; internal set; } = [];
}
