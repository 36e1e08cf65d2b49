using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Netemu.Calico.Binding;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;
using Netemu.Calico.Workloads;
using Netemu.Calico.Yaml;
using Netemu.Commands.Shell;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Cluster;

namespace Netemu.Cli.ClusterCommands;

/// <summary>What kubectl and calicoctl do alike: get, describe, apply, create, replace, delete, patch, label.</summary>
internal sealed class ObjectVerbs(ClusterExtension cluster)
{
    public CommandResult Get(ObjectRequest request)
    {
        if (request.Words.Count < 2)
        {
            return CommandResult.Failure(1, "error: you must specify the type of resource to get");
        }

        if (!request.IsCalico && (request.Words[1] == "all" || request.Words[1].Contains(',', StringComparison.Ordinal)))
        {
            return GetKinds(request, request.Words[1] == "all" ? ObjectKinds.All : request.Words[1].Split(','));
        }

        if (Select(request, out CommandResult? fault) is not { } objects)
        {
            return fault!;
        }

        return request.Output switch
        {
            "yaml" => CommandResult.Output(YamlPrinter.ToYaml(Document(objects, request))),
            "json" => CommandResult.Output(YamlPrinter.ToJson(Document(objects, request))),
            _ when request.Output.StartsWith("jsonpath=", StringComparison.Ordinal) =>
                JsonPath.Apply(request.Output["jsonpath=".Length..], Document(objects, request), out string? wrong) is { } text
                    ? CommandResult.Output(text)
                    : CommandResult.Failure(1, $"error: {wrong}"),
            "name" => CommandResult.Output(string.Concat(objects.Select(o => ObjectTables.NameOf(o.Key) + "\n"))),
            _ when objects.Count == 0 && !request.IsCalico => new CommandResult(
                0,
                string.Empty,
                request.AllNamespaces || !ObjectKinds.Find(request.Words[1].Split('/')[0], isCalico: false).Any(ObjectKinds.IsNamespaced)
                    ? "No resources found\n"
                    : $"No resources found in {request.Namespace} namespace.\n"),
            _ => CommandResult.Output(ObjectTables.Write(objects, request, cluster.Resources!)),
        };
    }

    /// <summary>kubectl get pods,svc: a table for each kind that has objects, with the kinds before the names.</summary>
    private CommandResult GetKinds(ObjectRequest request, IEnumerable<string> kinds)
    {
        List<string> tables = [];
        foreach (string kind in kinds)
        {
            ObjectRequest one = request.ForKind(kind);
            if (Select(one, out CommandResult? fault) is not { } objects)
            {
                return fault!;
            }

            string text = objects.Count == 0 ? string.Empty
                : one.Output.Length == 0 || one.Output == "wide" ? ObjectTables.Write(objects, one, cluster.Resources!)
                : Get(one).Stdout;
            tables.AddRange(text.Length == 0 ? [] : [text]);
        }

        return tables.Count > 0
            ? CommandResult.Output(string.Join(request.Output is "" or "wide" ? "\n" : string.Empty, tables))
            : new CommandResult(0, string.Empty, $"No resources found in {request.Namespace} namespace.\n");
    }

    public CommandResult Describe(ObjectRequest request)
    {
        if (Select(request, out CommandResult? fault) is not { } objects)
        {
            return fault!;
        }

        return objects is [_, ..] && objects.TrueForAll(value => value is Pod)
            ? CommandResult.Output(string.Join('\n', objects.Select(value => ObjectTables.Describe((Pod)value, HostAddressOf(((Pod)value).NodeName)))))
            : CommandResult.Output(YamlPrinter.ToYaml(Document(objects, request)));
    }

    private string HostAddressOf(string node) => NodeResolution.Resolve(
        cluster.Store!.Find<KubernetesNode>(new ResourceKey(ResourceKind.KubernetesNode, node)),
        cluster.Store!.Find<Node>(new ResourceKey(ResourceKind.Node, node)))?.IPv4Address is { } address ? address.Address.ToString() : "<unknown>";

    public CommandResult Apply(ObjectRequest request, string input, string done)
    {
        if (Input(request, input, out string text) is { } fault)
        {
            return fault;
        }

        DiagnosticBag found = new();
        List<YamlMapping> documents = [.. YamlReader.Read(text, "stdin", found).OfType<YamlMapping>()];
        if (found.HasErrors || documents.Count == 0)
        {
            return CommandResult.Failure(1, found.HasErrors ? string.Join('\n', found.Items) : "error: no objects passed to apply");
        }

        List<ResourceKey> applied = [];
        List<string> rejected = [];
        HashSet<ResourceKey> known = [.. cluster.Store!.ListAll().Select(s => s.Key)];
        cluster.Write(resources => documents.ForEach(d => rejected.AddRange(resources.Apply(d, applied))));
        StringBuilder output = new();
        foreach (ResourceKey key in applied)
        {
            output.Append(request.IsCalico ? string.Empty : $"{ObjectTables.NameOf(key)} {(known.Contains(key) ? "configured" : "created")}\n");
        }

        if (request.IsCalico && rejected.Count == 0)
        {
            output.Append($"Successfully {done} {applied.Count}{SingleKind(applied)} resource(s)\n");
        }

        return new CommandResult(rejected.Count == 0 ? 0 : 1, output.ToString(), string.Concat(rejected.Select(r => r + "\n")));
    }

    public CommandResult Delete(ObjectRequest request, string input)
    {
        List<Resource> targets;
        if (request.File is not null)
        {
            if (Input(request, input, out string text) is { } unreadable)
            {
                return unreadable;
            }

            DiagnosticBag found = new();
            ResourceReader reader = new(found);
            targets = [.. YamlReader.Read(text, "stdin", found).SelectMany(reader.Read)];
        }
        else if (request.Words.Count < 3 || Select(request, out CommandResult? fault) is not { } objects)
        {
            return request.Words.Count < 3 ? CommandResult.Failure(1, "error: a kind and a name are needed") : Select(request, out fault) is null ? fault! : CommandResult.Success;
        }
        else
        {
            targets = objects;
        }

        StringBuilder output = new();
        cluster.Write(resources =>
        {
            foreach (Resource target in targets)
            {
                resources.Delete(target.Key);
                output.Append(request.IsCalico ? string.Empty : $"{ObjectTables.NameOf(target.Key)} deleted\n");
            }
        });
        return CommandResult.Output(request.IsCalico ? $"Successfully deleted {targets.Count}{SingleKind(targets.ConvertAll(t => t.Key))} resource(s)\n" : output.ToString());
    }

    /// <summary>calicoctl names the kind where all objects are of one.</summary>
    private static string SingleKind(List<ResourceKey> keys) =>
        keys.Select(k => ManifestWriter.TypeOf(k.Kind).Kind).Distinct().ToArray() is [var kind] ? $" '{kind}'" : string.Empty;

    public CommandResult Patch(ObjectRequest request)
    {
        if (request.Patch is null)
        {
            return CommandResult.Failure(1, "error: must specify -p with a patch");
        }

        DiagnosticBag found = new();
        if (YamlReader.Read(request.Patch, "patch", found) is not [YamlMapping patch, ..] || found.HasErrors)
        {
            return CommandResult.Failure(1, $"error: unable to parse \"{request.Patch}\"");
        }

        return Change(request, patch, "patched");
    }

    /// <summary>kubectl scale KIND NAME --replicas=N.</summary>
    public CommandResult Scale(ObjectRequest request)
    {
        string kind = request.Words.Count > 1 ? request.Words[1].Split('/')[0] : string.Empty;
        if (request.Replicas is not { } replicas)
        {
            return CommandResult.Failure(1, "error: required flag(s) \"replicas\" not set");
        }

        return ObjectKinds.Find(kind, isCalico: false) is [ResourceKind.Deployment or ResourceKind.StatefulSet or ResourceKind.ReplicaSet]
            ? Change(request, new YamlBuilder().Add("spec", new YamlBuilder().Add("replicas", replicas)).Build(), "scaled")
            : CommandResult.Failure(1, $"error: '{kind}' cannot be scaled: deployment, statefulset and replicaset can");
    }

    /// <summary>kubectl label and annotate: KIND NAME KEY=VALUE ... KEY-.</summary>
    public CommandResult Label(ObjectRequest request, string field, string done)
    {
        YamlBuilder labels = new();
        foreach (string word in request.Words.Skip(3))
        {
            string[] parts = word.Split('=', 2);
            if (parts.Length == 2)
            {
                labels.Add(parts[0], YamlBuilder.Scalar(parts[1]));
            }
            else if (word.EndsWith('-'))
            {
                labels.Add(word[..^1], new YamlScalar("null", YamlScalarStyle.Plain, SourceRange.None));
            }
            else
            {
                return CommandResult.Failure(1, $"error: '{word}' is neither KEY=VALUE nor KEY-");
            }
        }

        return Change(request, new YamlBuilder().Add("metadata", new YamlBuilder().Add(field, labels)).Build(), done);
    }

    private CommandResult Change(ObjectRequest request, YamlMapping patch, string done)
    {
        if (request.Words.Count < 3 && !(request.Words.Count == 2 && request.Words[1].Contains('/', StringComparison.Ordinal)))
        {
            return CommandResult.Failure(1, "error: a kind and a name are needed");
        }

        if (Select(request, out CommandResult? fault) is not { } objects)
        {
            return fault!;
        }

        List<string> rejected = [];
        cluster.Write(resources =>
        {
            foreach (Resource target in objects)
            {
                rejected.AddRange(resources.Patch(target.Key, patch));
            }
        });
        string name = request.IsCalico
            ? $"Successfully {done} {objects.Count} '{ManifestWriter.TypeOf(objects[0].Key.Kind).Kind}' resource"
            : string.Join("\n", objects.Select(o => $"{ObjectTables.NameOf(o.Key)} {done}"));
        return rejected.Count == 0
            ? CommandResult.Output(name + "\n")
            : new CommandResult(1, string.Empty, string.Concat(rejected.Select(r => r + "\n")));
    }

    /// <summary>What Calico makes of namespaces and service accounts.</summary>
    private IEnumerable<Profile> BuiltInProfiles() =>
    [
        Profile.DefaultAllow,
        .. cluster.Store!.List(ResourceKind.Namespace).Select(s => WorkloadEndpoints.ProfileOf((KubernetesNamespace)s.Value)),
        .. cluster.Store!.List(ResourceKind.ServiceAccount).Select(s => WorkloadEndpoints.ProfileOf((ServiceAccount)s.Value)),
    ];

    /// <summary>The objects that a line names, sorted; null with what to say if a kind or a name is unknown.</summary>
    private List<Resource>? Select(ObjectRequest request, out CommandResult? fault)
    {
        fault = null;
        string verb = request.Words.Count > 0 ? request.Words[0] : string.Empty;
        string word = request.Words.Count > 1 ? request.Words[1] : string.Empty;
        List<string> names = [.. request.Words.Skip(2).TakeWhile(_ => verb is not ("label" or "annotate")), .. request.Words.Skip(2).Take(verb is "label" or "annotate" ? 1 : 0)];
        if (word.Contains('/', StringComparison.Ordinal))
        {
            names = [word[(word.IndexOf('/', StringComparison.Ordinal) + 1)..]];
            word = word[..word.IndexOf('/', StringComparison.Ordinal)];
        }

        IReadOnlyList<ResourceKind> kinds = ObjectKinds.Find(word, request.IsCalico);
        if (kinds.Count == 0)
        {
            fault = CommandResult.Failure(1, $"error: the server doesn't have a resource type \"{word}\"{ObjectKinds.Hint(word)}");
            return null;
        }

        List<Resource> objects = [];
        foreach (ResourceKind kind in kinds)
        {
            string? inNamespace = !ObjectKinds.IsNamespaced(kind) || request.AllNamespaces ? null : request.Namespace;
            objects.AddRange(cluster.Store!.List(kind, inNamespace).Select(s => s.Value));
        }

        if (request.IsCalico && kinds.Contains(ResourceKind.WorkloadEndpoint))
        {
            objects = [.. objects.Select(ObjectTables.AsEndpoint).OfType<Resource>()];
        }
        else if (request.IsCalico && kinds.Contains(ResourceKind.Profile))
        {
            objects.AddRange(BuiltInProfiles().Where(p => objects.TrueForAll(o => o.Name != p.Name)));
        }

        if (names.Find(n => objects.TrueForAll(o => o.Name != n)) is { } missing)
        {
            string kind = ManifestWriter.TypeOf(kinds[0]).Kind;
            fault = CommandResult.Failure(1, request.IsCalico
                ? $"Failed to get resources: resource does not exist: {kind}({missing})"
                : $"Error from server (NotFound): {ObjectTables.PluralOf(kinds[0])} \"{missing}\" not found");
            return null;
        }

        return [.. objects.Where(o => (names.Count == 0 || names.Contains(o.Name)) && request.Labels?.Matches(o.Metadata.Labels) != false)];
    }

    /// <summary>The object that one name asks for, or a list: kubectl's List, calicoctl's list of the kind.</summary>
    private YamlMapping Document(List<Resource> objects, ObjectRequest request)
    {
        YamlMapping[] documents = [.. objects.Select(DocumentOf)];
        if (documents.Length == 1 && (request.Words.Count == 3 || request.Words[1].Contains('/', StringComparison.Ordinal)))
        {
            return documents[0];
        }

        (string version, string kind) = request.IsCalico
            ? ManifestWriter.TypeOf(ObjectKinds.Find(request.Words[1].Split('/')[0], isCalico: true)[0])
            : ("v1", string.Empty);
        YamlSequence items = new([.. documents], SourceRange.None);
        YamlMapping list = new YamlBuilder().Add("apiVersion", version).Add("kind", $"{kind}List").Build();
        return new YamlMapping([.. list.Entries, new YamlEntry(new YamlScalar("items", YamlScalarStyle.Plain, SourceRange.None), items)], SourceRange.None);
    }

    /// <summary>The manifest as it was written, with what the cluster has filled in; or what the cluster made.</summary>
    private YamlMapping DocumentOf(Resource value)
    {
        YamlMapping made = ManifestWriter.Of(value);
        if (cluster.Resources!.ManifestOf(value.Key) is not { } written)
        {
            return made;
        }

        return value is Pod ? YamlMerge.Apply(written, new YamlBuilder()
            .Add("spec", new YamlBuilder().Add("nodeName", ((Pod)value).NodeName))
            .Add("status", made["status"] ?? new YamlBuilder().Build()).Build()) : written;
    }

    private static CommandResult? Input(ObjectRequest request, string input, out string text)
    {
        text = input;
        if (request.File is null)
        {
            return CommandResult.Failure(1, "error: must specify -f with a file, or - for the standard input");
        }

        if (request.ReadsInput)
        {
            return null;
        }

        if (!File.Exists(request.File))
        {
            return CommandResult.Failure(1, $"error: the path \"{request.File}\" does not exist");
        }

        text = File.ReadAllText(request.File);
        return null;
    }
}
