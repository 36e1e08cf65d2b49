using System.Collections.Generic;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading;

/// <summary>The outcome of a load. With errors in <see cref="Diagnostics"/> nothing may run.</summary>
public sealed class LoadedTopology
{
    /// <summary>Null where there is none or it could not be read.</summary>
    public TopologySpec? Topology { get; internal set; }

    /// <summary>The Kubernetes and Calico objects in the order of the files.</summary>
    public IReadOnlyList<ManifestDocument> Manifests { get; internal set; } = [];

    /// <summary>Findings by file, line and column.</summary>
    public required DiagnosticBag Diagnostics { get; init; }

    /// <summary>The text of every file that was read, by the name that ranges carry.</summary>
    public required IReadOnlyDictionary<string, string> Sources { get; init; }
}
