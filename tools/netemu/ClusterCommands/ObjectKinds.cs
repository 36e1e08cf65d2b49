using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Commands.Shell;

namespace Netemu.Cli.ClusterCommands;

/// <summary>The words by which kubectl and calicoctl call the kinds of objects.</summary>
internal static class ObjectKinds
{
    private static readonly (string[] Words, ResourceKind[] Kubernetes, ResourceKind[] Calico)[] _table =
    [
        (["pod", "po"], [ResourceKind.Pod], []),
        (["node", "no"], [ResourceKind.KubernetesNode], [ResourceKind.Node]),
        (["namespace", "ns"], [ResourceKind.Namespace], []),
        (["service", "svc"], [ResourceKind.Service], []),
        (["serviceaccount", "sa"], [ResourceKind.ServiceAccount], []),
        (["endpointslice"], [ResourceKind.EndpointSlice], []),
        (["deployment", "deploy"], [ResourceKind.Deployment], []),
        (["statefulset", "sts"], [ResourceKind.StatefulSet], []),
        (["daemonset", "ds"], [ResourceKind.DaemonSet], []),
        (["replicaset", "rs"], [ResourceKind.ReplicaSet], []),
        (["job"], [ResourceKind.Job], []),
        (["networkpolicy", "networkpolicie", "netpol", "np"], [ResourceKind.KubernetesNetworkPolicy], [ResourceKind.NetworkPolicy]),
        (["globalnetworkpolicy", "globalnetworkpolicie", "gnp"], [ResourceKind.GlobalNetworkPolicy], [ResourceKind.GlobalNetworkPolicy]),
        (["stagednetworkpolicy", "stagednetworkpolicie"], [ResourceKind.StagedNetworkPolicy], [ResourceKind.StagedNetworkPolicy]),
        (["stagedglobalnetworkpolicy", "stagedglobalnetworkpolicie"], [ResourceKind.StagedGlobalNetworkPolicy], [ResourceKind.StagedGlobalNetworkPolicy]),
        (["stagedkubernetesnetworkpolicy", "stagedkubernetesnetworkpolicie"], [ResourceKind.StagedKubernetesNetworkPolicy], [ResourceKind.StagedKubernetesNetworkPolicy]),
        (["networkset"], [ResourceKind.NetworkSet], [ResourceKind.NetworkSet]),
        (["globalnetworkset"], [ResourceKind.GlobalNetworkSet], [ResourceKind.GlobalNetworkSet]),
        (["tier"], [ResourceKind.Tier], [ResourceKind.Tier]),
        (["profile"], [ResourceKind.Profile], [ResourceKind.Profile]),
        (["ippool", "ipp"], [ResourceKind.IPPool], [ResourceKind.IPPool]),
        (["ipreservation"], [ResourceKind.IPReservation], [ResourceKind.IPReservation]),
        (["bgppeer"], [ResourceKind.BgpPeer], [ResourceKind.BgpPeer]),
        (["bgpconfiguration", "bgpconfig"], [ResourceKind.BgpConfiguration], [ResourceKind.BgpConfiguration]),
        (["bgpfilter"], [ResourceKind.BgpFilter], [ResourceKind.BgpFilter]),
        (["felixconfiguration", "felixconfig"], [ResourceKind.FelixConfiguration], [ResourceKind.FelixConfiguration]),
        (["hostendpoint", "hep"], [ResourceKind.HostEndpoint], [ResourceKind.HostEndpoint]),
        (["workloadendpoint", "wep"], [], [ResourceKind.WorkloadEndpoint, ResourceKind.Pod]),
        (["ipamblock"], [ResourceKind.IpamBlock], [ResourceKind.IpamBlock]),
        (["blockaffinity", "blockaffinitie"], [ResourceKind.BlockAffinity], [ResourceKind.BlockAffinity]),
        (["ipamhandle"], [ResourceKind.IpamHandle], [ResourceKind.IpamHandle]),
        (["ipamconfiguration", "ipamconfig"], [ResourceKind.IpamConfiguration], [ResourceKind.IpamConfiguration]),
    ];

    /// <summary>What was probably meant by a word that no kind has; a Service's endpoints are in its slices alone here.</summary>
    public static string Hint(string word) => word.ToLowerInvariant() is "ep" or "endpoint" or "endpoints"
        ? "\nhint: ask for endpointslices"
        : Spelling.Hint(word, _table.Select(row => row.Words[0]));

    /// <summary>What `kubectl get all` gets.</summary>
    public static IReadOnlyList<string> All => ["pods", "services", "daemonsets", "deployments", "replicasets", "statefulsets", "jobs"];

    /// <summary>The kinds that a word means to kubectl or to calicoctl; empty for a word that they do not know.</summary>
    public static IReadOnlyList<ResourceKind> Find(string word, bool isCalico)
    {
        string singular = word.ToLowerInvariant();
        int dot = singular.IndexOf('.', StringComparison.Ordinal);
        bool asksCalico = dot > 0 && singular[dot..].Contains("projectcalico", StringComparison.Ordinal);
        singular = dot > 0 ? singular[..dot] : singular;
        string shorter = singular.EndsWith('s') ? singular[..^1] : singular;
        foreach ((string[] words, ResourceKind[] kubernetes, ResourceKind[] calico) in _table)
        {
            if (words.Contains(singular) || words.Contains(shorter))
            {
                return isCalico || asksCalico ? calico : kubernetes;
            }
        }

        return [];
    }

    public static bool IsNamespaced(ResourceKind kind) => kind is ResourceKind.Pod or ResourceKind.Service or ResourceKind.ServiceAccount
        or ResourceKind.EndpointSlice or ResourceKind.Deployment or ResourceKind.StatefulSet or ResourceKind.DaemonSet
        or ResourceKind.ReplicaSet or ResourceKind.Job or ResourceKind.KubernetesNetworkPolicy or ResourceKind.NetworkPolicy
        or ResourceKind.StagedKubernetesNetworkPolicy or ResourceKind.StagedNetworkPolicy or ResourceKind.NetworkSet
        or ResourceKind.WorkloadEndpoint;
}
