using Netemu.Core.Time;

namespace Netemu.Felix.Dataplane;

/// <summary>
/// What an agent has done to its node so far. A window is a time in which some of an update's sets and tables were in force
/// and others were not yet: packets were judged by neither the old policy nor the new one alone.
/// </summary>
public sealed record FelixStatistics
{
    public long Updates { get; init; }

    public long SetOperations { get; init; }

    public long TableOperations { get; init; }

    public long RouteChanges { get; init; }

    public long Windows { get; init; }

    public Duration WindowTime { get; init; }

    public Duration LongestWindow { get; init; }

    /// <summary>Tables, sets and routes that somebody had changed by hand and that were put right.</summary>
    public long Repairs { get; init; }

    /// <summary>Connections deleted with their workloads.</summary>
    public long ConnectionsRemoved { get; init; }

    public override string ToString() =>
        $"{Updates} updates, {TableOperations} tables, {SetOperations} sets, {Windows} windows of {WindowTime} (longest {LongestWindow}), {Repairs} repairs";
}
