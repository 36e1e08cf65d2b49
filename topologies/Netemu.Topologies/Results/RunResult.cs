using System.Collections.Generic;
using Netemu.Core.Diagnostics;
using Netemu.Core.Time;

namespace Netemu.Topologies.Results;

/// <summary>What a run came to, as <c>--json</c> writes it. The order of every list is the order of the file or of the run.</summary>
public sealed class RunResult
{
    public const string Schema = "netemu/v1";

    public required string Name { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>The run hash in hexadecimal digits.</summary>
    public required string Hash { get; init; }

    public required SimTime VirtualTime { get; init; }

    /// <summary>The only value that differs between two runs of the same input.</summary>
    public required Duration WallTime { get; init; }

    public required bool Converged { get; init; }

    /// <summary>The last change of any table before convergence; null where the run did not converge.</summary>
    public SimTime? ConvergedAt { get; init; }

    public required int Nodes { get; init; }

    public required int Namespaces { get; init; }

    public required FrameTotals Frames { get; init; }

    public required BgpTotals Bgp { get; init; }

    public IReadOnlyList<ExpectationRecord> Expectations { get; init; } = [];

    public IReadOnlyList<StepRecord> Steps { get; init; } = [];

    public IReadOnlyList<CaptureRecord> Captures { get; init; } = [];

    public IReadOnlyList<Diagnostic> Warnings { get; init; } = [];

    /// <summary>The changes of a cluster's objects during the run, with the time until each was in force everywhere.</summary>
    public IReadOnlyList<ChangeRecord> Changes { get; init; } = [];

    public int PassedExpectations
    {
        get
        {
            int passed = 0;
            foreach (ExpectationRecord expectation in Expectations)
            {
                passed += expectation.Passed ? 1 : 0;
            }

            return passed;
        }
    }
}
