using System;
using System.Collections.Generic;
using Netemu.Bgp;
using Netemu.Core.Addresses;
using Netemu.Engine.Simulation;

namespace Netemu.Topologies.Experiments.Labs;

/// <summary>A router of a laboratory: what it is configured with, and its speaker while it has power.</summary>
internal sealed class LabSpeaker(string name, IPv4Address routerId, uint asNumber)
{
    private readonly List<BgpNeighbor> _neighbors = [];
    private readonly List<BgpNetwork> _networks = [];

    public string Name => name;

    public IPv4Address RouterId => routerId;

    public uint As => asNumber;

    public required BgpTimers Timers { get; init; }

    /// <summary>Unspecified for a cluster of its own.</summary>
    public IPv4Address ClusterId { get; init; }

    /// <summary>The neighbours that it boots with.</summary>
    public List<BgpNeighbor> Neighbors => _neighbors;

    /// <summary>The prefixes that it boots with.</summary>
    public List<BgpNetwork> Networks => _networks;

    /// <summary>Null while it has no power.</summary>
    public BgpSpeaker? Speaker { get; set; }

    /// <summary>The machine it runs on; null on the pipe.</summary>
    public Node? Node { get; set; }

    /// <summary>Puts addresses, devices and routes into the machine, at the start and after each return of power.</summary>
    public Action<Node>? SetUp { get; set; }

    public BgpSpeakerConfiguration ToConfiguration() => new()
    {
        Name = name,
        As = asNumber,
        RouterId = routerId,
        ClusterId = ClusterId,
        Timers = Timers,
        Neighbors = [.. _neighbors],
        Networks = [.. _networks],
    };
}
