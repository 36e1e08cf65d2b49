using Netemu.Calico.Resources;

namespace Netemu.Calico.Binding;

/// <summary>Reads what has labels only: namespaces and service accounts.</summary>
internal static class NamespaceBinder
{
    public static Resource ReadNamespace(FieldReader fields, ObjectMetadata metadata)
    {
        fields.Ignore("spec", "status");
        return new KubernetesNamespace(metadata);
    }

    public static Resource ReadServiceAccount(FieldReader fields, ObjectMetadata metadata)
    {
        fields.Ignore("secrets", "imagePullSecrets", "automountServiceAccountToken");
        return new ServiceAccount(metadata);
    }
}
