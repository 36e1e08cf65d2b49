using System.Collections.Generic;
using Netemu.Core.Diagnostics;
using Netemu.Core.Time;
using Netemu.Topologies.Results;

namespace Netemu.Topologies.Running;

/// <summary>What a run came to in virtual time; with wall time and captures it becomes a result.</summary>
public sealed class RunOutcome
{
    public required string Name { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>The hash of the whole run: equal runs have equal ones.</summary>
    public required ulong Hash { get; init; }

    public required SimTime VirtualTime { get; init; }

    public required bool Converged { get; init; }

    public required SimTime? ConvergedAt { get; init; }

    public required RunEnding Ending { get; init; }

    public required int Nodes { get; init; }

    public required int Namespaces { get; init; }

    public required FrameTotals Frames { get; init; }

    public required BgpTotals Bgp { get; init; }

    public required IReadOnlyList<ExpectationRecord> Expectations { get; init; }

    public required IReadOnlyList<StepRecord> Steps { get; init; }

    public required IReadOnlyList<Diagnostic> Warnings { get; init; }

    public IReadOnlyList<ChangeRecord> Changes { get; init; } = [];

    /// <summary>Why the run did not come to its end: the start-up command that failed, or what the limit of time came before; or null.</summary>
    public string? Failure { get; init; }

    /// <summary>The exit code that the run deserves: of several causes the highest of 70, 3, 4, 1, 5.</summary>
    public ExitCode ExitCode
    {
        get
        {
            if (!Frames.Balanced)
            {
                return ExitCode.InternalError;
            }

            if (Ending == RunEnding.CommandFailed)
            {
                return ExitCode.InvalidInput;
            }

            if (Ending == RunEnding.Interrupted)
            {
                return ExitCode.Interrupted;
            }

            foreach (ExpectationRecord expectation in Expectations)
            {
                if (!expectation.Passed)
                {
                    return ExitCode.ExpectationFailed;
                }
            }

            return Ending == RunEnding.Reached ? ExitCode.Success : ExitCode.NotConverged;
        }
    }

    public RunResult ToResult(Duration wallTime, IReadOnlyList<CaptureRecord> captures) => new()
    {
        Name = Name,
        Seed = Seed,
        Hash = Hash.ToString("x16"),
        VirtualTime = VirtualTime,
        WallTime = wallTime,
        Converged = Converged,
        ConvergedAt = ConvergedAt,
        Nodes = Nodes,
        Namespaces = Namespaces,
        Frames = Frames,
        Bgp = Bgp,
        Expectations = Expectations,
        Steps = Steps,
        Captures = captures,
        Warnings = Warnings,
        Changes = Changes,
    };
}
