using System;
using System.Collections.Generic;
using Netemu.Engine.Sockets;

namespace Netemu.Live.Tests;

/// <summary>Datagrams of zeros to one port, from one socket, and where somebody listens for them.</summary>
public sealed record UdpProbe
{
    public ushort Port { get; init; } = 7777;

    public int Count { get; init; } = 1;

    public int Size { get; init; } = 18;

    public PathMtuDiscovery Discovery { get; init; }

    /// <summary>Namespaces in which a socket takes the datagrams.</summary>
    public IReadOnlyList<string> Listeners { get; init; } = [];

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(0.5);
}
