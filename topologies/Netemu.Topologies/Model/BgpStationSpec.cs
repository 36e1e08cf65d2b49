using System.Collections.Generic;
using Netemu.Bgp.Bmp;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Topologies.Model;

/// <summary>A monitoring station of a speaker (RFC 7854). Null is the default.</summary>
public sealed class BgpStationSpec : Spec
{
    public InternetAddress Station { get; internal set; }

    public int? Port { get; internal set; }

    public string? Name { get; internal set; }

    /// <summary>Which Adj-RIBs-In it is told; empty is those before policy.</summary>
    public IReadOnlyList<BmpFeeds> Monitor { get; internal set; } = [];

    public Duration? StatisticsInterval { get; internal set; }

    public Duration? MinimumRetry { get; internal set; }

    public Duration? MaximumRetry { get; internal set; }

    /// <summary>Changes that may wait for it.</summary>
    public int? PendingLimit { get; internal set; }

    public InternetAddress? UpdateSource { get; internal set; }
}
