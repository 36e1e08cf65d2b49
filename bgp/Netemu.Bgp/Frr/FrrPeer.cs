using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>
/// A neighbour or a peer group: its settings by the words that made them, of the session and of each family. A neighbour's
/// own settings lie over its group's.
/// </summary>
internal sealed class FrrPeer(string name)
{
    public string Name { get; } = name;

    public bool IsGroup { get; set; }

    /// <summary>"neighbor eth0 interface": the session's interface.</summary>
    public bool IsInterface { get; set; }

    public string? Group { get; set; }

    /// <summary>What the neighbour was before any command, where it came from elsewhere.</summary>
    public BgpNeighborConfiguration? Base { get; set; }

    public SortedDictionary<string, Setting> General { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, Setting> IPv4 { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, Setting> IPv6 { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of lists and maps by direction and family, as "route-map in".</summary>
    public SortedDictionary<string, Setting> SettingsOf(AddressFamily family) => family == AddressFamily.IPv4 ? IPv4 : IPv6;

    /// <summary>A setting: what it does to a configuration, or the name that it carries.</summary>
    internal sealed record Setting(Func<BgpNeighborConfiguration, FrrCompiler, BgpNeighborConfiguration>? Apply, string? Name = null);
}
