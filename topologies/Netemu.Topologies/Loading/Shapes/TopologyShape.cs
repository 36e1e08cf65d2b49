using Netemu.Calico.Yaml;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>The keys of a topology document.</summary>
internal static class TopologyShape
{
    private static readonly ObjectShape<TopologySpec> Metadata = new("metadata", "metadata", static () => new())
    {
        { "name", Values.Name, (s, v) => s.Name = v, "The topology's name." },
        { "description", Values.Text, (s, v) => s.Description = v, "What it shows." },
        { "labels", Values.TextMap("labels"), static (_, _) => { }, "Labels." },
        { "annotations", Values.TextMap("annotations"), static (_, _) => { }, "Annotations." },
    };

    /// <summary>The defaults of links, nodes and speakers.</summary>
    public static ObjectShape<TopologyDraft> Defaults { get; } = new("defaults", "the defaults", static () => new())
    {
        { "link", LinkShapes.Defaults, static (b, draft, e) => draft.LinkDefaults = e.Value, "Defaults of links." },
        { "node", NodeShapes.Node, static (b, draft, e) => draft.NodeDefaults = e.Value, "Defaults of nodes." },
    };

    public static ObjectShape<TopologyDraft> Topology { get; } = new("topology", "a topology", static () => new())
    {
        { "apiVersion", Values.Word("'netemu/v1'", ("netemu/v1", true)), static (_, _) => { }, "netemu/v1.", Presence.Required },
        { "kind", Values.Word("'Topology'", ("Topology", true)), static (_, _) => { }, "Topology.", Presence.Required },
        { "metadata", Whole(Metadata), static (b, draft, e) => Metadata.BindInto(draft.Topology, e.Value, b, complete: true), "The name." },
        { "include", Values.List(Values.Text), static (_, _) => { }, "Further files and directories." },
        { "seed", Values.Seed, static (draft, v) => draft.Topology.Seed = v, "Every random choice derives from it (1)." },
        { "quiet", Values.Duration, static (draft, v) => draft.Topology.Quiet = v, "Time without change before 'converged', with live peers." },
        { "routes", Values.Word("'auto'", ("auto", true)), static (draft, v) => draft.Topology.AutoRoutes = v, "auto: shortest paths between all routers." },
        { "defaults", Whole(Defaults), static (b, draft, e) => Defaults.BindInto(draft, e.Value, b, complete: true), "Defaults." },
        { "kinds", NodeShapes.Named(NodeShapes.Node), static (b, draft, e) => draft.Kinds = e, "Defaults of each kind of node." },
        { "groups", NodeShapes.Named(NodeShapes.Node), static (b, draft, e) => draft.Groups = e, "Defaults of groups of nodes." },
        { "nodes", NodeShapes.Named(NodeShapes.Node), static (b, draft, e) => draft.Nodes = e, "The nodes, by name or range." },
        { "links", Values.List(LinkShapes.Link), static (b, draft, e) => draft.Links = e.Value, "The links." },
        { "cluster", ClusterShapes.Cluster, static (b, draft, e) => draft.Cluster = e.Value, "A Kubernetes cluster." },
        { "capture", Values.List(CaptureShape.Capture), static (draft, v) => draft.Topology.Captures = v, "What goes into the pcapng file." },
        { "steps", Values.List(StepShapes.Step), static (draft, v) => draft.Topology.Steps = v, "What happens, in order." },
    };

    /// <summary>A document of further steps for a topology.</summary>
    public static ObjectShape<TopologySpec> Checks { get; } = new("checks", "a list of checks", static () => new())
    {
        { "apiVersion", Values.Word("'netemu/v1'", ("netemu/v1", true)), static (_, _) => { }, "netemu/v1." },
        { "kind", Values.Word("'Checks'", ("Checks", true)), static (_, _) => { }, "Checks." },
        { "metadata", Whole(Metadata), static (b, s, e) => Metadata.BindInto(new TopologySpec(), e.Value, b, complete: true), "The name." },
        { "capture", Values.List(CaptureShape.Capture), static (s, v) => s.Captures = [.. s.Captures, .. v], "What goes into the pcapng file." },
        { "steps", Values.List(StepShapes.Step), static (s, v) => s.Steps = [.. s.Steps, .. v], "What happens, in order." },
    };

    private static CustomValue<bool> Whole<T>(ObjectShape<T> shape)
        where T : class =>
        new(static (YamlNode _, Binder _, out bool value) => value = true, shape.Describe);
}
