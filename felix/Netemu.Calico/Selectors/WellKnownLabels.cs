namespace Netemu.Calico.Selectors;

/// <summary>Labels and label prefixes that Kubernetes and Calico set themselves.</summary>
public static class WellKnownLabels
{
    /// <summary>The namespace of a workload endpoint or network set; its absence means "global".</summary>
    public const string Namespace = "projectcalico.org/namespace";

    /// <summary>"k8s" on every endpoint made from a Pod.</summary>
    public const string Orchestrator = "projectcalico.org/orchestrator";

    public const string OrchestratorKubernetes = "k8s";

    /// <summary>The name of a Pod's service account.</summary>
    public const string ServiceAccount = "projectcalico.org/serviceaccount";

    /// <summary>The name of the object itself, as a label that its profile hands down.</summary>
    public const string Name = "projectcalico.org/name";

    /// <summary>The label that Kubernetes sets on every Namespace.</summary>
    public const string MetadataName = "kubernetes.io/metadata.name";

    /// <summary>Prefix of a namespace's labels on the endpoints in it.</summary>
    public const string NamespacePrefix = "pcns.";

    /// <summary>Prefix of a service account's labels on the endpoints that use it.</summary>
    public const string ServiceAccountPrefix = "pcsa.";
}
