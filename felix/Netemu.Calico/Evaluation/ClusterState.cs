using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Policies;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Workloads;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Evaluation;

/// <summary>
/// All that policy depends on, computed from the resources in one straight walk. It is built anew for each state: this is
/// the slow and obvious counterpart of Felix's calculation graph.
/// </summary>
public sealed class ClusterState
{
    private readonly SortedDictionary<string, Profile> _profiles = new(StringComparer.Ordinal);
    private readonly List<PolicyEndpoint> _endpoints = [];
    private readonly List<Tier> _tiers = [];
    private readonly List<Policy> _policies = [];
    private readonly List<EndpointSlice> _slices = [];
    private readonly Dictionary<string, FelixConfiguration> _configurations = new(StringComparer.Ordinal);
    private readonly FelixConfiguration _defaults = new(new ObjectMetadata("default"));

    public ClusterState(IEnumerable<Resource> resources)
    {
        Resource[] all = [.. resources.OrderBy(resource => resource.Key)];
        foreach (Resource resource in all)
        {
            AddProfile(resource);
            AddPolicy(resource);
            if (resource is EndpointSlice slice)
            {
                _slices.Add(slice);
            }

            if (resource is FelixConfiguration configuration)
            {
                _configurations[configuration.Name] = configuration;
            }
        }

        _profiles.TryAdd(Profile.DefaultAllowName, Profile.DefaultAllow);
        _tiers.AddRange(Tier.BuiltIn.Where(builtIn => _tiers.TrueForAll(tier => tier.Name != builtIn.Name)));
        _tiers.Sort(PolicyOrder.Tiers);
        _policies.Sort(PolicyOrder.Policies);
        foreach (Service service in all.OfType<Service>())
        {
            bool isGiven = _slices.Exists(slice => slice.ServiceName == service.Name && slice.Namespace == service.Namespace);
            if (!isGiven && ServiceEndpoints.SliceOf(service, all.OfType<Pod>()) is { } slice)
            {
                _slices.Add(slice);
            }
        }

        foreach (Resource resource in all)
        {
            if (EndpointOf(resource) is { } endpoint)
            {
                _endpoints.Add(endpoint);
            }
        }
    }

    /// <summary>The settings of Felix on a node: its own over the cluster's.</summary>
    public FelixConfiguration ConfigurationOf(string node)
    {
        FelixConfiguration cluster = _configurations.GetValueOrDefault("default") ?? _defaults;
        return _configurations.TryGetValue("node." + node, out FelixConfiguration? own) ? own.Over(cluster) : cluster;
    }

    /// <summary>Workload and host endpoints and network sets, in key order.</summary>
    public IReadOnlyList<PolicyEndpoint> Endpoints => _endpoints;

    /// <summary>In the order in which they are asked.</summary>
    public IReadOnlyList<Tier> Tiers => _tiers;

    /// <summary>All policies, staged ones included, each tier's in its order.</summary>
    public IReadOnlyList<Policy> Policies => _policies;

    public IReadOnlyList<EndpointSlice> Slices => _slices;

    public Profile? ProfileNamed(string name) => _profiles.GetValueOrDefault(name);

    /// <summary>The workload that has an address, or null.</summary>
    public PolicyEndpoint? WorkloadAt(InternetAddress address) =>
        _endpoints.Find(endpoint => endpoint.IsWorkload && endpoint.Nets.Any(net => net.Contains(address)));

    private void AddProfile(Resource resource)
    {
        Profile? profile = resource switch
        {
            Profile given => given,
            KubernetesNamespace value => WorkloadEndpoints.ProfileOf(value),
            ServiceAccount value => WorkloadEndpoints.ProfileOf(value),
            _ => null,
        };
        if (profile is not null)
        {
            _profiles[profile.Name] = profile;
        }
    }

    private void AddPolicy(Resource resource)
    {
        switch (resource)
        {
            case Tier tier:
                _tiers.Add(tier);
                break;
            case NetworkPolicy policy:
                _policies.Add(PolicyConversion.Convert(policy));
                break;
            case KubernetesNetworkPolicy policy:
                _policies.Add(KubernetesPolicyConversion.Convert(policy));
                break;
        }
    }

    private PolicyEndpoint? EndpointOf(Resource resource) => resource switch
    {
        Pod pod => WorkloadEndpoints.FromPod(pod) is { } made ? EndpointOf(made) : null,
        WorkloadEndpoint workload => new PolicyEndpoint(
            workload.Key,
            Effective(workload.Metadata.Labels, workload.Profiles),
            [.. workload.Addresses.Select(InternetPrefix.Host)])
        {
            Node = workload.Node,
            InterfaceName = workload.InterfaceName,
            Ports = workload.Ports,
            Profiles = workload.Profiles,
        },
        HostEndpoint host => new PolicyEndpoint(
            host.Key, Effective(host.Metadata.Labels, host.Profiles), [.. host.ExpectedIPs.Select(InternetPrefix.Host)])
        {
            Node = host.Node,
            InterfaceName = host.InterfaceName,
            Ports = host.Ports,
            Profiles = host.Profiles,
        },
        NetworkSet { Namespace: "" } set => new PolicyEndpoint(set.Key, set.Metadata.Labels, set.Nets),
        NetworkSet set => new PolicyEndpoint(
            set.Key,
            Effective(set.Metadata.Labels.With(WellKnownLabels.Namespace, set.Namespace), [Profile.NamespaceNamePrefix + set.Namespace]),
            set.Nets),
        _ => null,
    };

    /// <summary>Own labels over those of the profiles; of two profiles, the first one named counts.</summary>
    private LabelSet Effective(LabelSet own, IReadOnlyList<string> profiles)
    {
        LabelSet labels = own;
        foreach (string name in profiles)
        {
            labels = _profiles.TryGetValue(name, out Profile? profile) ? labels.Over(profile.LabelsToApply) : labels;
        }

        return labels;
    }
}
