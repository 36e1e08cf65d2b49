using Netemu.Calico.Resources;

namespace Netemu.Calico.Binding;

/// <summary>Reads metadata, with the namespace that a namespaced object has without naming one.</summary>
internal static class MetadataBinder
{
    public const string DefaultNamespace = "default";

    public static ObjectMetadata Read(FieldReader metadata, bool isNamespaced, string? fixedName = null)
    {
        string? name = metadata.Text("name") ?? metadata.Text("generateName");
        if (string.IsNullOrEmpty(name) && fixedName is null)
        {
            metadata.Diagnostics.Error(ResourceCode.Missing, "'metadata.name' is missing", metadata.Range);
        }

        string? inNamespace = metadata.Text("namespace");
        ObjectMetadata result = new(name ?? fixedName ?? string.Empty, isNamespaced ? inNamespace ?? DefaultNamespace : string.Empty)
        {
            Labels = metadata.StringMap("labels"),
            Annotations = metadata.StringMap("annotations"),
        };
        metadata.Ignore(
            "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
            "deletionGracePeriodSeconds", "ownerReferences", "finalizers", "managedFields", "selfLink", "clusterName");
        metadata.Finish();
        return result;
    }
}
