using System.Collections.Generic;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Results;

namespace Netemu.Topologies.Running;

/// <summary>What extensions add to the result of a run.</summary>
public sealed class RunContribution
{
    public BgpTotals Bgp { get; set; } = BgpTotals.None;

    public List<Diagnostic> Warnings { get; } = [];

    /// <summary>The changes of a cluster's objects, with what each took.</summary>
    public List<ChangeRecord> Changes { get; } = [];
}
