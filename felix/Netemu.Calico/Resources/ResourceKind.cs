namespace Netemu.Calico.Resources;

/// <summary>
/// The kinds that are understood. Where Kubernetes and Calico share a word, Kubernetes' kind carries the prefix: Calico's
/// NetworkPolicy and Node are the plain ones. The order is the order in which a list of mixed kinds is given out.
/// </summary>
public enum ResourceKind : byte
{
    Namespace,
    ServiceAccount,
    KubernetesNode,
    Node,
    Installation,
    ClusterInformation,
    IPPool,
    IPReservation,
    IpamConfiguration,
    BgpConfiguration,
    BgpPeer,
    BgpFilter,
    FelixConfiguration,
    KubeControllersConfiguration,
    Tier,
    Profile,
    KubernetesNetworkPolicy,
    NetworkPolicy,
    GlobalNetworkPolicy,
    StagedKubernetesNetworkPolicy,
    StagedNetworkPolicy,
    StagedGlobalNetworkPolicy,
    NetworkSet,
    GlobalNetworkSet,
    HostEndpoint,
    WorkloadEndpoint,
    Service,
    EndpointSlice,
    Deployment,
    ReplicaSet,
    StatefulSet,
    DaemonSet,
    Job,
    Pod,
    IpamBlock,
    BlockAffinity,
    IpamHandle,
}
