using System.Collections.Generic;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Loading.Checking;

/// <summary>Everything that is checked when a whole topology is bound.</summary>
internal static class TopologyCheck
{
    public static void Run(Binder binder, TopologySpec topology, IReadOnlyList<ManifestDocument> manifests)
    {
        TopologyIndex index = new(topology);
        ClusterNames cluster = new();
        foreach (ManifestDocument manifest in manifests)
        {
            cluster.Add(manifest);
        }

        foreach (StepSpec step in topology.Steps)
        {
            if (step.Action is ApplyChange apply)
            {
                foreach (ManifestDocument manifest in apply.Manifests)
                {
                    cluster.Add(manifest);
                }
            }
        }

        index.ClusterNodes.UnionWith(cluster.Nodes);
        ClusterSpec? machines = topology.Cluster ?? (cluster.Nodes.Count > 0 ? new ClusterSpec() : null);
        if (machines is not null)
        {
            index.ClusterNodes.UnionWith(machines.MadeNames());
        }

        NameCheck names = new(binder, index, topology);
        new InterfaceCheck(binder, index, topology).Run();
        new ReferenceCheck(binder, index, topology, names, cluster).Run();
        new RouteCompletion(binder, topology).Run();
        new LintCheck(binder, topology, index).Run();
    }
}
