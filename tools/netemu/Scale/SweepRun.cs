using System.Collections.Generic;
using Netemu.Topologies.Results;

namespace Netemu.Cli.Scale;

/// <summary>What one run of a sweep came to.</summary>
/// <param name="Setting">The values of the variables: <c>K=V K2=V2</c>.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Values">The metrics that it has, by name.</param>
/// <param name="Facts">What must not depend on the seed if nothing depends on order: expectations, best paths, counters.</param>
/// <param name="Hash">The run hash.</param>
/// <param name="Outcome">The exit code that the run alone would have had.</param>
internal sealed record SweepRun(
    string Setting,
    ulong Seed,
    IReadOnlyDictionary<string, double> Values,
    IReadOnlyDictionary<string, string> Facts,
    ulong Hash,
    ExitCode Outcome)
{
    public static IReadOnlyList<string> Metrics { get; } =
    [
        "convergedAt", "virtualTime", "framesSent", "framesDropped", "updatesSent", "updatesReceived", "routes", "expectationsPassed", "expectationsFailed",
    ];
}
