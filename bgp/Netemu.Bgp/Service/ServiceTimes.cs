using Netemu.Core.Time;

namespace Netemu.Bgp.Service;

/// <summary>What reading a message costs a speaker in time: its CPU, as far as an experiment needs one.</summary>
public sealed record ServiceTimes
{
    /// <summary>
    /// BIRD 2.0.12 as measured in full meshes of 16 to 128 nodes: 0.67 ms of CPU a session, half of it at each end (OPEN,
    /// socket, protocol instance), and 1 us a route.
    /// </summary>
    public static ServiceTimes Bird { get; } = new()
    {
        Open = Duration.FromMicroseconds(335),
        Route = Duration.FromMicroseconds(1),
    };

    /// <summary>An OPEN: a session comes up.</summary>
    public Duration Open { get; init; }

    /// <summary>A KEEPALIVE, NOTIFICATION or ROUTE-REFRESH.</summary>
    public Duration Other { get; init; }

    /// <summary>An UPDATE, whatever is in it.</summary>
    public Duration Update { get; init; }

    /// <summary>Added to each UPDATE: uniform in [0, this] (Griffin and Premore's processing delay).</summary>
    public Duration UpdateSpread { get; init; }

    /// <summary>A prefix that an UPDATE announces or withdraws.</summary>
    public Duration Route { get; init; }
}
