using System.Collections.Generic;
using Netemu.Topologies.Results;

namespace Netemu.Cli.Scale;

/// <summary>All runs of a sweep, by setting and then by seed.</summary>
internal sealed record SweepResult(IReadOnlyList<SweepRun> Runs, ExitCode ExitCode, bool IsInterrupted);
