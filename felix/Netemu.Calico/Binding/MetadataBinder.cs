using System.Linq;
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

        if (metadata.Text("name") is { Length: > 0 } given && !IsSubdomain(given))
        {
            metadata.Error("name", $"'{given}' is not made of lower case letters, digits, '-' and '.', with a letter or digit at each end");
        }

        string? inNamespace = metadata.Text("namespace");
        ObjectMetadata result = new(name ?? fixedName ?? string.Empty, isNamespaced ? inNamespace ?? DefaultNamespace : string.Empty)
        {
            Labels = metadata.StringMap("labels"),
            Annotations = metadata.StringMap("annotations"),
        };
        foreach ((string key, string value) in result.Labels)
        {
            if (!IsLabelValue(value))
            {
                metadata.Error(
                    "labels", $"'{value}' of '{key}' is not made of letters, digits, '-', '_' and '.', with a letter or digit at each end, at most 63");
            }
        }

        metadata.Ignore(
            "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
            "deletionGracePeriodSeconds", "ownerReferences", "finalizers", "managedFields", "selfLink", "clusterName");
        metadata.Finish();
        return result;
    }

    /// <summary>The values that the API server takes for a label (validation.IsValidLabelValue).</summary>
    private static bool IsLabelValue(string value) => value.Length == 0
        || (value.Length <= 63 && char.IsAsciiLetterOrDigit(value[0]) && char.IsAsciiLetterOrDigit(value[^1])
            && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));

    /// <summary>The names that the API server takes (RFC 1123 subdomain, at most 253 characters).</summary>
    private static bool IsSubdomain(string name)
    {
        if (name.Length > 253)
        {
            return false;
        }

        foreach (string part in name.Split('.'))
        {
            if (part.Length == 0 || part[0] == '-' || part[^1] == '-' || !part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            {
                return false;
            }
        }

        return true;
    }
}
