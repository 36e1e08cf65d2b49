using System;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Binding;

/// <summary>The kinds by API group and version.</summary>
internal static class ResourceBinders
{
    private const string Calico = "projectcalico.org/v3";
    private const string CalicoCrd = "crd.projectcalico.org/v1";

    public static ResourceBinder? Find(string version, string kind) => version switch
    {
        "v1" => Core(kind),
        "apps/v1" => Apps(kind),
        "batch/v1" when kind == "Job" => new(true, (f, m) => ControllerBinder.Read(f, m, ResourceKind.Job)),
        "networking.k8s.io/v1" when kind == "NetworkPolicy" => new(true, KubernetesPolicyBinder.Read),
        "discovery.k8s.io/v1" when kind == "EndpointSlice" => new(true, ServiceBinder.ReadSlice),
        "operator.tigera.io/v1" when kind == "Installation" => new(false, InstallationBinder.Read) { FixedName = "default" },
        Calico or CalicoCrd => Projectcalico(kind),
        _ => null,
    };

    /// <summary>What somebody probably meant who wrote a kind that is not known: a kind, or the version of one.</summary>
    public static string? HintFor(string version, string kind)
    {
        (string Version, string Kind)[] known = [.. Enum.GetValues<ResourceKind>().Select(ManifestWriter.TypeOf)];
        if (Array.Find(known, type => type.Kind == kind) is { Version: { } right })
        {
            return $"'{kind}' is of '{right}'";
        }

        // The nearest of the same version first: NetworkPolicy is Kubernetes' and Calico's.
        string? nearest = NearestWord.Find(kind, known.OrderBy(type => type.Version == version ? 0 : 1).Select(type => type.Kind));
        return nearest is null ? null
            : Array.Find(known, type => type.Kind == nearest && type.Version == version) is { Version: not null } ? $"did you mean '{nearest}'?"
            : $"did you mean '{nearest}' of '{Array.Find(known, type => type.Kind == nearest).Version}'?";
    }

    /// <summary>Policy that would be silently missing is not skipped with a warning.</summary>
    public static bool IsPolicyKind(string version, string kind) =>
        kind.Contains("NetworkPolic", StringComparison.OrdinalIgnoreCase)
        || (version.StartsWith("policy.networking.k8s.io/", StringComparison.Ordinal) && kind.EndsWith("Policy", StringComparison.Ordinal));

    private static ResourceBinder? Core(string kind) => kind switch
    {
        "Namespace" => new(false, NamespaceBinder.ReadNamespace),
        "ServiceAccount" => new(true, NamespaceBinder.ReadServiceAccount),
        "Node" => new(false, NodeBinder.ReadKubernetes),
        "Pod" => new(true, PodBinder.Read),
        "Service" => new(true, ServiceBinder.Read),
        _ => null,
    };

    private static ResourceBinder? Apps(string kind) => kind switch
    {
        "Deployment" => new(true, (f, m) => ControllerBinder.Read(f, m, ResourceKind.Deployment)),
        "ReplicaSet" => new(true, (f, m) => ControllerBinder.Read(f, m, ResourceKind.ReplicaSet)),
        "StatefulSet" => new(true, (f, m) => ControllerBinder.Read(f, m, ResourceKind.StatefulSet)),
        "DaemonSet" => new(true, (f, m) => ControllerBinder.Read(f, m, ResourceKind.DaemonSet)),
        _ => null,
    };

    private static ResourceBinder? Projectcalico(string kind) => kind switch
    {
        "Node" => new(false, NodeBinder.ReadCalico),
        "IPPool" => new(false, PoolBinder.Read),
        "IPReservation" => new(false, PoolBinder.ReadReservation),
        "IPAMConfiguration" or "IPAMConfig" => new(false, PoolBinder.ReadConfiguration) { FixedName = "default" },
        "BGPConfiguration" => new(false, BgpBinder.ReadConfiguration),
        "BGPPeer" => new(false, BgpBinder.ReadPeer),
        "BGPFilter" => new(false, BgpFilterBinder.Read),
        "FelixConfiguration" => new(false, FelixConfigurationBinder.Read),
        "Tier" => new(false, TierBinder.Read),
        "NetworkPolicy" => new(true, (f, m) => PolicyBinder.Read(f, m, false)),
        "GlobalNetworkPolicy" => new(false, (f, m) => PolicyBinder.Read(f, m, false)),
        "StagedNetworkPolicy" => new(true, (f, m) => PolicyBinder.Read(f, m, true)),
        "StagedGlobalNetworkPolicy" => new(false, (f, m) => PolicyBinder.Read(f, m, true)),
        "StagedKubernetesNetworkPolicy" => new(true, KubernetesPolicyBinder.ReadStaged),
        "NetworkSet" => new(true, EndpointBinder.ReadNetworkSet),
        "GlobalNetworkSet" => new(false, EndpointBinder.ReadNetworkSet),
        "HostEndpoint" => new(false, EndpointBinder.ReadHost),
        "WorkloadEndpoint" => new(true, EndpointBinder.ReadWorkload),
        "Profile" => new(false, EndpointBinder.ReadProfile),
        "IPAMBlock" => new(false, IpamBinder.ReadBlock),
        "BlockAffinity" => new(false, IpamBinder.ReadAffinity),
        "IPAMHandle" => new(false, IpamBinder.ReadHandle),
        _ => null,
    };
}
