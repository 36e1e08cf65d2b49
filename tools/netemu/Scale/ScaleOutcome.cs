using System;
using System.Collections.Generic;
using Netemu.Topologies.Experiments;

namespace Netemu.Cli.Scale;

/// <summary>The rows that were run or read, in the order of the cells, and whether somebody stopped it.</summary>
internal sealed record ScaleOutcome(IReadOnlyList<ExperimentRow> Rows, int Cells, bool IsInterrupted, TimeSpan Wall);
