using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Tests;

/// <summary>A FIB that remembers.</summary>
internal sealed class RecordingSink : IRouteSink
{
    public SortedDictionary<InternetPrefix, string> Routes { get; } = [];

    public List<string> Log { get; } = [];

    public void Install(in BgpRoute route, ReadOnlySpan<BgpNextHop> nextHops)
    {
        Routes[route.Prefix] = string.Join(",", nextHops.ToArray().Select(hop => hop.Address.ToString()));
        Log.Add($"+{route.Prefix} {Routes[route.Prefix]}");
    }

    public void Remove(InternetPrefix prefix)
    {
        Routes.Remove(prefix);
        Log.Add($"-{prefix}");
    }
}
