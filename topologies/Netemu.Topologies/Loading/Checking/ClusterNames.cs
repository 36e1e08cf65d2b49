using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Calico.Yaml;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Checking;

/// <summary>
/// The pods, services and nodes that manifests bring, now or in a step. Pods that a controller makes have names of their
/// own, so any name that begins with the controller's is taken for one.
/// </summary>
internal sealed class ClusterNames
{
    private static readonly ImmutableArray<string> Controllers =
        ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob"];

    private readonly HashSet<string> _pods = new(StringComparer.Ordinal);
    private readonly HashSet<string> _services = new(StringComparer.Ordinal);
    private readonly List<string> _controllers = [];

    public IReadOnlyCollection<string> Pods => _pods;

    public IReadOnlyCollection<string> Services => _services;

    public List<string> Nodes { get; } = [];

    public void Add(ManifestDocument manifest)
    {
        if (manifest.Kind == "List" && manifest.Root["items"] is YamlSequence items)
        {
            foreach (YamlMapping item in items.Items.OfType<YamlMapping>())
            {
                if (Manifest.TryRead(item, static (_, _, _, _) => { }) is { } inner)
                {
                    Add(inner);
                }
            }

            return;
        }

        string name = $"{manifest.Namespace ?? "default"}/{manifest.Name}";
        switch (manifest.Kind)
        {
            case "Pod" or "WorkloadEndpoint":
                _pods.Add(name);
                break;
            case "Service":
                _services.Add(name);
                break;
            case "Node":
                Nodes.Add(manifest.Name);
                break;
            case string kind when Controllers.Contains(kind):
                _controllers.Add(name);
                break;
        }
    }

    public bool HasPod(string space, string name)
    {
        string full = $"{space}/{name}";
        return _pods.Contains(full) || _controllers.Exists(c => full.StartsWith(c, StringComparison.Ordinal));
    }

    public bool HasService(string space, string name) =>
        _services.Contains($"{space}/{name}") || (space == "default" && name == "kubernetes");
}
