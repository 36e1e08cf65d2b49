using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Yaml;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Loading.Checking;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading;

/// <summary>
/// Loads a topology: files to documents, documents to a specification and manifests, names to what they name. All findings
/// come at once; with an error among them nothing may run.
/// </summary>
public static class TopologyLoader
{
    /// <summary>Loads files and directories together; "-" is standard input.</summary>
    public static LoadedTopology Load(IReadOnlyList<string> paths, LoaderOptions options)
    {
        DiagnosticBag found = new();
        DocumentReader reader = new(options, found);
        foreach (string path in paths.Concat(options.With))
        {
            reader.ReadPath(path);
        }

        TopologySpec? topology = null;
        List<ManifestDocument> manifests = ReadManifests(reader, found);
        List<YamlMapping> checks = [.. reader.Documents.Where(DocumentKind.IsChecks).Cast<YamlMapping>()];
        List<YamlMapping> topologies =
            [.. reader.Documents.Where(d => DocumentKind.IsTopology(d) && !DocumentKind.IsChecks(d)).Cast<YamlMapping>()];
        if (topologies.Count > 1)
        {
            found.Error(
                LoaderCode.TopologyCount,
                "a run has one topology document",
                topologies[1].Range,
                $"the first one is at {topologies[0].Range}");
        }

        if (topologies.Count > 0 || manifests.Count > 0)
        {
            // With manifests only, the nodes come from the Node objects.
            topology = BindTopology(topologies.Count > 0 ? topologies[0] : null, checks, reader, found, manifests, options.IsLenient);
        }
        else if (!found.HasErrors)
        {
            SourceRange nowhere = new(paths.Count == 0 ? string.Empty : paths[0], 0, 0, 0, 0);
            found.Error(
                LoaderCode.TopologyCount, "there is no topology document", nowhere, "it begins with 'apiVersion: netemu/v1' and 'kind: Topology'");
        }

        if (topology is not null && !found.HasErrors)
        {
            reader.ReportUnnamed(new SourceRange(paths.Count == 0 ? string.Empty : paths[0], 0, 0, 0, 0));
        }

        if (topology is not null)
        {
            topology.Name = topology.Name.Length == 0 ? NameOf(paths) : topology.Name;
            topology.Seed = options.Seed ?? topology.Seed;
        }

        return new LoadedTopology
        {
            Topology = topology,
            Manifests = manifests,
            Diagnostics = Sorted(found),
            Sources = reader.Sources,
        };
    }

    private static TopologySpec BindTopology(
        YamlMapping? document, List<YamlMapping> checks, DocumentReader reader, DiagnosticBag found, List<ManifestDocument> manifests,
        bool isLenient)
    {
        Binder binder = new(found, reader.Lookup)
        {
            ReadFile = reader.ReadRelative,
            OpenFile = reader.OpenRelative,
            IsLenient = isLenient,
            ReadManifests = reader.ReadManifests,
        };
        TopologySpec topology = new TopologyBinder(binder).Bind(document, checks);
        if (!binder.IsFull)
        {
            TopologyCheck.Run(binder, topology, manifests);
        }

        return topology;
    }

    private static List<ManifestDocument> ReadManifests(DocumentReader reader, DiagnosticBag found)
    {
        List<ManifestDocument> manifests = [];
        Dictionary<string, ManifestDocument> seen = new(StringComparer.Ordinal);
        foreach (YamlNode document in reader.Documents.Where(d => !DocumentKind.IsTopology(d)))
        {
            if (document is not YamlMapping root)
            {
                found.Error(
                    LoaderCode.UnknownDocument,
                    $"a document must be a topology or a manifest, not {document.KindName}",
                    document.Range,
                    "both are mappings with 'apiVersion' and 'kind'");
                continue;
            }

            if (Manifest.TryRead(root, found.Error) is not { } manifest)
            {
                continue;
            }

            string key = $"{manifest.ApiVersion} {manifest}";
            if (manifest.Name.Length > 0 && !seen.TryAdd(key, manifest))
            {
                found.Error(
                    LoaderCode.ObjectTwice,
                    $"{manifest} stands twice",
                    root.Entries[0].Key.Range,
                    $"the first one is at {seen[key].Range}");
                continue;
            }

            manifests.Add(manifest);
        }

        return manifests;
    }

    private static string NameOf(IReadOnlyList<string> paths)
    {
        string path = paths.Count == 0 || paths[0] == LoaderOptions.StandardInput ? "topology" : FilePath.Normalize(paths[0]);
        string name = path[(path.LastIndexOf('/') + 1)..];
        return name.EndsWith(".yaml", StringComparison.Ordinal) ? name[..^5] : name;
    }

    /// <summary>By file in the order of first finding, then by place; findings of one place keep their order.</summary>
    private static DiagnosticBag Sorted(DiagnosticBag found)
    {
        List<string> files = [.. found.Items.Select(d => d.Range.File).Distinct()];
        DiagnosticBag sorted = new();
        foreach (Diagnostic diagnostic in found.Items
            .OrderBy(d => files.IndexOf(d.Range.File)).ThenBy(d => d.Range.Line).ThenBy(d => d.Range.Column))
        {
            sorted.Add(diagnostic);
        }

        return sorted;
    }
}
