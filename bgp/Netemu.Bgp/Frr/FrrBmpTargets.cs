using System.Collections.Generic;
using Netemu.Bgp.Bmp;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Frr;

/// <summary>"bmp targets NAME": stations that are told the same.</summary>
internal sealed class FrrBmpTargets(string name)
{
    public string Name { get; } = name;

    public BmpFeeds Feeds { get; set; }

    public Duration StatisticsInterval { get; set; }

    /// <summary>"bmp connect HOST port N", in the order of the file.</summary>
    public List<BmpStation> Stations { get; } = [];

    /// <summary>The interface that each connects from, by its address and port.</summary>
    public Dictionary<(InternetAddress Address, ushort Port), string> Sources { get; } = [];
}
