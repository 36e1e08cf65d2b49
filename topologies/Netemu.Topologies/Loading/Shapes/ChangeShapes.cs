using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>The keys of changes to links, nodes, processes and the store.</summary>
internal static class ChangeShapes
{
    private static readonly Value<DeviceRef> End = Values.Device("link", ReferenceKind.Device);

    public static ObjectShape<LinkChange> Link { get; } = new("linkChange", "a link change", static () => new())
    {
        Completed = static (binder, change, mapping) => CheckTarget(binder, change.Endpoint is not null, change.Name, mapping),
        Fields =
        {
            { "endpoint", End, (s, v) => s.Endpoint = v, "One end of the link." },
            { "name", Values.Name, (s, v) => s.Name = v, "The link's name." },
            { "state", Values.UpOrDown, (s, v) => s.Up = v, "up or down." },
            { "delay", Values.Duration, (s, v) => s.Delay = v, "A new propagation delay." },
            { "rate", Values.Rate, (s, v) => s.Rate = v, "A new rate." },
        },
    };

    public static ObjectShape<ImpairChange> Impair { get; } = new("impairChange", "an impairment change", static () => new())
    {
        Completed = CompleteImpair,
        Fields =
        {
            { "endpoint", End, (s, v) => s.Endpoint = v, "The end that sends." },
            { "name", Values.Name, (s, v) => s.Name = v, "The link's name, for both ends." },
            { "clear", Values.Boolean, static (_, _) => { }, "Remove the impairment." },
            { "a", LinkShapes.Impair, (s, v) => s.Impair = v, "For the named link's first end." },
            { "b", LinkShapes.Impair, (s, v) => s.ImpairB = v, "For the named link's second end." },
            { LinkShapes.Impair, s => s.Impair ??= new ImpairSpec() },
        },
    };

    public static ObjectShape<NodeChange> Node { get; } = new("nodeChange", "a node change", static () => new())
    {
        { "name", Values.NodeName("node change"), (s, v) => s.Name = v, "The node.", Presence.Required },
        { "state", Values.UpOrDown, (s, v) => s.Up = v, "up or down.", Presence.Required },
    };

    public static ObjectShape<KillChange> Kill { get; } = new("kill", "a kill", static () => new())
    {
        { "in", Values.Place("kill"), (s, v) => s.In = v, "Where the process runs.", Presence.Required },
        { "process", Values.Name, (s, v) => s.Process = v, "Its name; bgp and felix are the speaker and the agent.", Presence.Required },
    };

    public static Value<ApplyChange> Apply { get; } = new CustomValue<ApplyChange>(BindApply, static _ => Manifests());

    public static Value<DeleteChange> Delete { get; } = new CustomValue<DeleteChange>(BindDelete, static _ => Manifests());

    public static Value<PatchChange> Patch { get; } = new CustomValue<PatchChange>(
        BindPatch, static _ => new JsonObject { ["type"] = "object", ["required"] = new JsonArray("kind") });

    private static JsonObject Manifests() => new() { ["type"] = new JsonArray("string", "object", "array") };

    private static void CompleteImpair(Binder binder, ImpairChange change, YamlMapping mapping)
    {
        CheckTarget(binder, change.Endpoint is not null, change.Name, mapping);
        change.IsPerEnd = mapping["a"] is not null || mapping["b"] is not null;
        foreach (YamlEntry entry in mapping.Entries)
        {
            bool isSide = entry.Name is "a" or "b";
            if (isSide && change.Name is null)
            {
                binder.Error(LoaderCode.MisplacedKey, $"'{entry.Name}' needs the link's 'name'", entry.Key.Range);
            }
            else if (change.IsPerEnd && !isSide && entry.Name != "name" && change.Name is not null)
            {
                binder.Error(
                    LoaderCode.MisplacedKey,
                    $"'{entry.Name}' cannot stand beside 'a' and 'b'",
                    entry.Key.Range,
                    "with 'a' and 'b', everything goes inside them");
            }
        }

        if (mapping["clear"] is { } clear && (change.IsPerEnd || change.Impair is not null))
        {
            binder.Error(LoaderCode.MisplacedKey, "'clear' removes the impairment; nothing else can be said with it", clear.Range);
        }
    }

    private static void CheckTarget(Binder binder, bool byEnd, string? name, YamlMapping mapping)
    {
        if (name is not null)
        {
            binder.References.Add(new Reference(ReferenceKind.Link, "link", name, mapping["name"]!.Range));
        }

        if (mapping["endpoint"] is null == mapping["name"] is null)
        {
            binder.Error(LoaderCode.MissingKey, "a link is given by 'endpoint' or by 'name', one of both", mapping.Range);
        }
    }

    private static bool BindApply(YamlNode node, Binder binder, out ApplyChange change)
    {
        List<ManifestDocument> manifests = [];
        foreach (YamlMapping root in Objects(node, binder))
        {
            if (Manifest.TryRead(root, binder.Error) is { } manifest)
            {
                manifests.Add(manifest);
            }
        }

        change = new ApplyChange { Manifests = manifests, Range = node.Range };
        return true;
    }

    private static bool BindDelete(YamlNode node, Binder binder, out DeleteChange change)
    {
        List<ObjectRef> targets = [];
        foreach (YamlMapping root in Objects(node, binder))
        {
            if (Manifest.TryReadReference(root, binder.Error) is { } target)
            {
                targets.Add(target);
            }
        }

        change = new DeleteChange { Targets = targets, Range = node.Range };
        return true;
    }

    private static bool BindPatch(YamlNode node, Binder binder, out PatchChange change)
    {
        change = new PatchChange { Range = node.Range };
        if (node is not YamlMapping)
        {
            binder.Error(LoaderCode.WrongType, $"a patch must be a mapping, not {node.KindName}", node.Range);
            return false;
        }

        YamlMapping root = (YamlMapping)binder.ResolveTree(node);
        if (Manifest.TryReadReference(root, binder.Error) is not { } target)
        {
            return false;
        }

        change.Target = target;
        if (root["patch"] is { } separate)
        {
            if (separate is not YamlMapping body)
            {
                binder.Error(LoaderCode.WrongType, $"'patch' must be a mapping, not {separate.KindName}", separate.Range);
                return false;
            }

            change.Patch = body;
            return true;
        }

        // A partial object: whatever does not name the target is the patch.
        change.Patch = new YamlMapping([.. root.Entries.Where(e => e.Name is not ("apiVersion" or "kind" or "name" or "namespace"))], root.Range);
        return true;
    }

    /// <summary>The objects of a change: inline, in a list, or in files.</summary>
    private static IEnumerable<YamlMapping> Objects(YamlNode node, Binder binder)
    {
        switch (node)
        {
            case YamlMapping mapping:
                yield return (YamlMapping)binder.ResolveTree(mapping);
                break;

            case YamlSequence sequence:
                foreach (YamlMapping root in sequence.Items.SelectMany(item => Objects(item, binder)))
                {
                    yield return root;
                }

                break;

            case YamlScalar { IsNull: false } scalar:
                string file = binder.Text(scalar);
                if (file.Contains('\n', StringComparison.Ordinal))
                {
                    binder.Error(
                        LoaderCode.WrongType, "a manifest is needed as a mapping, not as a text", scalar.Range, "remove the '|' after the key");
                    break;
                }

                foreach (YamlNode document in binder.ReadManifests(file, scalar.Range))
                {
                    if (document is YamlMapping root)
                    {
                        yield return root;
                    }
                }

                break;

            default:
                binder.Error(LoaderCode.WrongType, $"a manifest or a file is needed, not {node.KindName}", node.Range);
                break;
        }
    }
}
