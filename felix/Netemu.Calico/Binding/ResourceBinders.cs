using System;
using Netemu.Calico.Resources;

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

    /// <summary>Policy that would be silently missing is not skipped with a warning.</summary>
    public static bool IsPolicyKind(string version, string kind) =>
        kind.EndsWith("NetworkPolicy", StringComparison.Ordinal)
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
