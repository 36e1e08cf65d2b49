using System.Collections.Generic;
using Netemu.Core.Time;

namespace Netemu.Topologies.Model;

/// <summary>A topology after loading: ranges expanded, defaults applied, references checked.</summary>
public sealed class TopologySpec : Spec
{
    public string Name { get; internal set; } = string.Empty;

    public string? Description { get; internal set; }

    /// <summary>Every random choice of the run derives from it.</summary>
    public ulong Seed { get; internal set; } = 1;

    /// <summary><c>routes: auto</c>: static shortest paths by link delay between all routers.</summary>
    public bool AutoRoutes { get; internal set; }

    /// <summary>How long nothing may change before <c>converged</c> holds; needed with live peers only.</summary>
    public Duration? Quiet { get; internal set; }

    /// <summary>In declaration order, which is the order of node ids.</summary>
    public IReadOnlyList<NodeSpec> Nodes { get; internal set; } = [];

    public IReadOnlyList<LinkSpec> Links { get; internal set; } = [];

    public ClusterSpec? Cluster { get; internal set; }

    public IReadOnlyList<CaptureSpec> Captures { get; internal set; } = [];

    public IReadOnlyList<StepSpec> Steps { get; internal set; } = [];
}
