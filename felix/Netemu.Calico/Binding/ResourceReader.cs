using System;
using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Calico.Yaml;
using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Binding;

/// <summary>
/// Reads manifests: Kubernetes and Calico documents as they are, `kind: List` included. An object with an error is reported
/// and left out; an unknown field is a warning, an unknown kind one warning for all documents of that kind.
/// </summary>
public sealed class ResourceReader(DiagnosticBag diagnostics)
{
    private readonly SortedSet<string> _unknownKinds = new(StringComparer.Ordinal);

    /// <summary>The resources of one document; several for a List.</summary>
    public IReadOnlyList<Resource> Read(YamlNode document)
    {
        List<Resource> resources = [];
        ReadInto(document, string.Empty, resources);
        return resources;
    }

    private void ReadInto(YamlNode document, string path, List<Resource> resources)
    {
        if (document is not YamlMapping mapping)
        {
            diagnostics.Error(
                ResourceCode.WrongType, $"{document.KindName} where a manifest should stand", document.Range);
            return;
        }

        FieldReader fields = new(mapping, mapping.Range, path, diagnostics);
        string kind = fields.Required("kind");
        string version = fields.Required("apiVersion");
        if (kind.Length == 0 || version.Length == 0)
        {
            return;
        }

        if (kind.EndsWith("List", StringComparison.Ordinal) && mapping["items"] is YamlSequence items)
        {
            for (int i = 0; i < items.Items.Count; i++)
            {
                ReadInto(items.Items[i], $"items[{i}]", resources);
            }

            return;
        }

        if (ResourceBinders.Find(version, kind) is not { } binder)
        {
            ReportUnknown(version, kind, mapping);
            return;
        }

        Bind(fields, binder, resources);
    }

    private void Bind(FieldReader fields, ResourceBinder binder, List<Resource> resources)
    {
        // An error anywhere in the object leaves the whole object out.
        DiagnosticBag own = new();
        FieldReader reader = fields.ReportingTo(own);
        reader.Ignore("kind", "apiVersion");
        ObjectMetadata metadata = MetadataBinder.Read(reader.Object("metadata"), binder.IsNamespaced, binder.FixedName);
        Resource resource = binder.Bind(reader, metadata);
        reader.Finish();
        foreach (Diagnostic finding in own.Items)
        {
            diagnostics.Add(finding);
        }

        if (!own.HasErrors)
        {
            resources.Add(resource with { Source = fields.Range });
        }
    }

    private void ReportUnknown(string version, string kind, YamlMapping document)
    {
        if (!_unknownKinds.Add($"{version}/{kind}"))
        {
            return;
        }

        if (ResourceBinders.IsPolicyKind(version, kind))
        {
            diagnostics.Unsupported(
                ResourceCode.Unsupported, $"policy kind '{kind}' of '{version}' is not supported", document.Range, ResourceBinders.HintFor(version, kind));
            return;
        }

        diagnostics.Warning(
            ResourceCode.UnknownKind, $"kind '{kind}' of '{version}' is not understood and is skipped", document.Range, ResourceBinders.HintFor(version, kind));
    }
}
