using Netemu.Calico.Resources;

namespace Netemu.Felix.Calculation;

/// <summary>Hears of what a cluster's index knows about one node: its endpoints, the policies that select them, its profiles.</summary>
internal interface INodeListener
{
    /// <summary>An endpoint of this node is there, or has changed; null if it is gone.</summary>
    void OnEndpoint(ResourceKey key, LabelledEndpoint? endpoint);

    void OnMatchStarted(ScannedPolicy policy, ResourceKey endpoint);

    void OnMatchStopped(ScannedPolicy policy, ResourceKey endpoint);

    /// <summary>A policy that selects an endpoint of this node has other rules, or another place, than before.</summary>
    void OnPolicy(ScannedPolicy policy);

    /// <summary>A profile that an endpoint of this node names has changed.</summary>
    void OnProfile(string name);
}
