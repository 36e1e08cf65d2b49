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

    /// <summary>"neighbor eth0 interface v6only".</summary>
    public bool IsIPv6Only { get; set; }

    /// <summary>What stands behind "remote-as"; null where the group says it.</summary>
    public string? RemoteAs { get; set; }

    public string? Group { get; set; }

    /// <summary>What the neighbour was before any command, where it came from elsewhere.</summary>
    public BgpNeighborConfiguration? Base { get; set; }

    /// <summary>Whether the family was on before any command; null where the neighbour comes from commands.</summary>
    public bool? BaseActive(AddressFamily family) => family == AddressFamily.IPv4 ? Base?.IPv4Unicast : Base?.IPv6Unicast;

    public SortedDictionary<string, Setting> General { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, Setting> IPv4 { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, Setting> IPv6 { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of lists and maps by direction and family, as "route-map in".</summary>
    public SortedDictionary<string, Setting> SettingsOf(AddressFamily family) => family == AddressFamily.IPv4 ? IPv4 : IPv6;

    /// <summary>
    /// A setting: its line, and what it does to a configuration or the name that it carries. Neither for a line that makes no
    /// difference here, or whose neighbour came from elsewhere with it.
    /// </summary>
    internal sealed record Setting(FrrWords Line, FrrChange? Apply, string? Name = null)
    {
        /// <summary>The map of an "advertise-map" line that says when, and whether it must find something or nothing.</summary>
        public (string Map, bool IsPresent)? Condition { get; init; }

        /// <summary>It says what the neighbour is without any command (<see cref="Base"/>), and changes with that.</summary>
        public bool IsGiven { get; init; }

        /// <summary>A command has taken back what the neighbour was without any.</summary>
        public bool IsUndone { get; init; }

        public bool IsNegated => Line.IsNegated;

        /// <summary>What stands behind the neighbour's name.</summary>
        public string Words => Line.TextFrom(IsNegated ? 3 : 2);

        /// <summary>A setting that no line has made as it stands; with "no" before its words it takes something back.</summary>
        public static Setting Of(string peer, string words, FrrChange? apply) =>
            new(new FrrWords(words.StartsWith("no ", StringComparison.Ordinal) ? $"no neighbor {peer} {words[3..]}" : $"neighbor {peer} {words}"), apply);
    }
}
