using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Mrt;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Diagnostics;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Building;
using Netemu.Topologies.Loading;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;
using Netemu.Topologies.Results;
using Netemu.Topologies.Running;

namespace Netemu.Topologies.Bgp;

/// <summary>
/// The BGP speakers of a run: those that files declare with `bgp:`, and those that other extensions (a cluster) add. It
/// holds `converged` for them and answers the steps that ask for sessions and paths.
/// </summary>
public sealed class BgpExtension : EmulationExtension
{
    /// <summary>The metric of BGP's routes as FRR installs them: administrative distance 20.</summary>
    private const uint RouteMetric = 20;

    /// <summary>The code of the warning that a configured session was down at the end.</summary>
    private const string SessionDown = "W1601";

    /// <summary>The speaker's name as a process.</summary>
    private const string SpeakerProcess = "bgp";

    private readonly SortedDictionary<int, NodeSpeaker> _speakers = [];
    private readonly SortedDictionary<int, DeclaredSpeaker> _blocks = [];
    private readonly Dictionary<InternetAddress, Node> _owners = [];
    private BuiltTopology? _topology;

    /// <summary>The interning tables of the run.</summary>
    public BgpTables Tables { get; } = new();

    /// <summary>The speakers by node index.</summary>
    public IEnumerable<NodeSpeaker> Speakers => _speakers.Values;

    public override bool IsPending => _speakers.Values.Any(s => s.IsPending || HasOneSidedSession(s));

    public override IEnumerable<string> Pending =>
        _speakers.Where(s => s.Value.IsPending || HasOneSidedSession(s.Value)).Select(s => $"BGP on {_topology!.Emulation.Nodes[s.Key].Name}");

    public override SimTime LastChange =>
        _speakers.Values.Select(s => s.Speaker.LastRouteChange).DefaultIfEmpty(SimTime.Zero).Max();

    public override bool Builds(TopologyPart part) => part == TopologyPart.Bgp;

    public override void Attach(BuiltTopology topology) => _topology = topology;

    public override void Boot(Node node, NodeSpec specification)
    {
        if (specification.Bgp is not { } bgp)
        {
            return;
        }

        _blocks[node.Index] = new DeclaredSpeaker(bgp);
        Start(MakeSpeaker(node, _blocks[node.Index], adoptsRoutes: false));
    }

    public override void ShutDown(Node node)
    {
        _blocks.Remove(node.Index);
        if (_speakers.Remove(node.Index, out NodeSpeaker? speaker))
        {
            speaker.Destroy();
        }
    }

    public override StepExecution? Start(StepSpec step, StepContext context)
    {
        if (step.Action is LinkChange or ImpairChange or NodeChange)
        {
            ExpectLiveness();
        }

        return StartOwn(step, context);
    }

    private StepExecution? StartOwn(StepSpec step, StepContext context) => step.Action switch
    {
        BgpCheck check => new BgpCheckExecution(this, check, context),
        BgpChange change => new BgpChangeExecution(this, change, context),
        KillChange { Process: SpeakerProcess } kill => new KillSpeakerExecution(this, kill, context),
        _ => null,
    };

    public override void Contribute(RunContribution contribution)
    {
        if (_speakers.Count == 0)
        {
            return;
        }

        int sides = 0;
        int established = 0;
        long sent = 0;
        long received = 0;
        long routes = 0;
        foreach (NodeSpeaker speaker in Speakers)
        {
            foreach (BgpSession session in speaker.Speaker.Neighbors)
            {
                sides++;
                established += session.IsEstablished ? 1 : 0;
                sent += session.Counters.UpdatesSent;
                received += session.Counters.UpdatesReceived;
            }

            foreach (BgpSession down in speaker.Speaker.SessionsDown)
            {
                contribution.Warnings.Add(new Diagnostic(
                    DiagnosticSeverity.Warning,
                    SessionDown,
                    $"BGP session {speaker.Namespace.QualifiedName} - {down.Address} is {down.State}: {down.NotEstablished}",
                    SourceRange.None));
            }

            foreach (string silent in speaker.Unnumbered?.Silent ?? [])
            {
                contribution.Warnings.Add(new Diagnostic(
                    DiagnosticSeverity.Warning,
                    SessionDown,
                    $"BGP session {speaker.Namespace.QualifiedName} - {silent} is Idle: no router has been heard there",
                    SourceRange.None));
            }

            routes += speaker.Speaker.RouteCount(AddressFamily.IPv4) + speaker.Speaker.RouteCount(AddressFamily.IPv6);
        }

        // Both sides of a session count as one session.
        contribution.Bgp = new BgpTotals((sides + 1) / 2, established / 2, sent, received, routes);
    }

    /// <summary>The speaker of a node, or null.</summary>
    public NodeSpeaker? Find(Node node) => _speakers.GetValueOrDefault(node.Index);

    /// <summary>Adds a speaker that another extension has made, and starts it.</summary>
    public void Start(NodeSpeaker speaker)
    {
        _speakers[speaker.Namespace.Node.Index] = speaker;
        speaker.Speaker.Start();
        speaker.UpdateAfterConfiguration();
    }

    /// <summary>True if a session stands here whose other end, a node of this run, does not know of it (any more).</summary>
    private bool HasOneSidedSession(NodeSpeaker speaker)
    {
        foreach (BgpSession session in speaker.Speaker.Neighbors)
        {
            if (!session.IsEstablished || OwnerOf(session.Address) is not { } owner)
            {
                continue;
            }

            bool known = _speakers.TryGetValue(owner.Index, out NodeSpeaker? other)
                && other.Speaker.FindNeighbor(session.LocalAddress) is { IsEstablished: true };
            if (!known)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The node that has an address; also of a node that is down, whose neighbours have yet to notice.</summary>
    private Node? OwnerOf(InternetAddress address)
    {
        if (_owners.Count == 0 && _topology is not null)
        {
            foreach (Node node in _topology.Emulation.Nodes)
            {
                NoteAddresses(node);
            }
        }

        return _owners.GetValueOrDefault(address);
    }

    private void NoteAddresses(Node node)
    {
        foreach (DeviceAddress<IPv4Address> own in node.Root.IPv4.Addresses)
        {
            _owners[own.Address] = node;
        }

        foreach (DeviceAddress<IPv6Address> own in node.Root.IPv6.Addresses)
        {
            if (!own.Address.IsLinkLocal)
            {
                _owners[own.Address] = node;
            }
        }
    }

    /// <summary>Ends a speaker without a farewell; its routes stay. False if none runs.</summary>
    internal bool Kill(Node node)
    {
        if (!_speakers.Remove(node.Index, out NodeSpeaker? speaker))
        {
            return false;
        }

        speaker.Destroy();
        return true;
    }

    /// <summary>Starts a killed speaker of a `bgp:` block. False if it runs, or there is none.</summary>
    internal bool StartAgain(Node node, bool gracefully)
    {
        if (_speakers.ContainsKey(node.Index) || !_blocks.TryGetValue(node.Index, out DeclaredSpeaker? block))
        {
            return false;
        }

        NodeSpeaker speaker = MakeSpeaker(node, block, adoptsRoutes: true);
        if (!gracefully)
        {
            // A cold start clears what the process before it has left, as zebra does.
            speaker.Sink?.RestartEnding();
            speaker.Sink?.RestartEnded();
        }

        _speakers[node.Index] = speaker;
        speaker.Speaker.Start(gracefully);
        speaker.UpdateAfterConfiguration();
        return true;
    }

    /// <summary>Puts other policies in the place of those of the same name. False if the speaker has no block.</summary>
    internal bool ReplacePolicies(NodeSpeaker speaker, IReadOnlyList<BgpPolicySpec> policies)
    {
        Node node = speaker.Namespace.Node;
        if (!_blocks.TryGetValue(node.Index, out DeclaredSpeaker? block) || block.Block.ConfigText is not null)
        {
            return false;
        }

        foreach (BgpPolicySpec policy in policies)
        {
            block.Policies[policy.Name] = policy;
        }

        speaker.Follow(new SpeakerSettings(block.Block, node.Root, _topology!.Diagnostics, block.Policies).Build(node.Name));
        return true;
    }

    private NodeSpeaker MakeSpeaker(Node node, DeclaredSpeaker declared, bool adoptsRoutes)
    {
        BgpSpec bgp = declared.Block;
        FrrControl? control = bgp.ConfigText is { } text ? new FrrControl(node.Root, FrrConfiguration.Read(text, out _)) : null;
        control?.ApplyToNode();
        FrrCompiled? compiled = control?.Compile();
        BgpSpeakerConfiguration configuration = compiled is null
            ? new SpeakerSettings(bgp, node.Root, _topology!.Diagnostics, declared.Policies).Build(node.Name)
            : compiled.Speaker with { Name = node.Name };
        NodeSpeaker speaker = NodeSpeaker.Create(
            node.Root,
            configuration,
            node.Root.Tcp.Transport,
            Tables,
            hops => bgp.InstallRoutes ? new FibRouteSink(node.Root, hops, RouteProtocol.Bgp, RouteMetric) : null);
        if (compiled is not null)
        {
            FrrControl.ApplyDistances(speaker, compiled);
        }

        if (adoptsRoutes)
        {
            speaker.Sink?.Adopt();
        }

        AnnounceTable(speaker, bgp);
        if (control is not null && compiled is not null)
        {
            speaker.UseControl(control);
            FrrControl.ApplyRedistribution(speaker, compiled);
        }
        else if (bgp.Redistribute.Count > 0)
        {
            speaker.Redistributor = new Redistributor(node.Root, speaker.Speaker, speaker.NextHops);
            foreach (BgpRedistribution source in bgp.Redistribute)
            {
                speaker.Redistributor.Add(source, policy: null);
            }

            speaker.Redistributor.Update();
        }

        return speaker;
    }

    /// <summary>The routes of a table dump begin here; one with malformed attributes is left out (RFC 7606).</summary>
    private void AnnounceTable(NodeSpeaker speaker, BgpSpec bgp)
    {
        List<InternetPrefix> refused = [];
        foreach (MrtRoute route in bgp.Table)
        {
            if (!speaker.Speaker.Announce(route.Prefix, route.Attributes))
            {
                refused.Add(route.Prefix);
            }
        }

        if (refused.Count > 0)
        {
            _topology!.Diagnostics.Warning(
                LoaderCode.SkippedRoutes,
                $"{refused.Count} of {bgp.Table.Count} routes of '{bgp.TableFile}' are left out: malformed attributes, {refused[0]} first",
                bgp.Range);
        }
    }

    /// <summary>Sessions may have lost their way: each holds `converged` until a keepalive has crossed.</summary>
    public void ExpectLiveness()
    {
        foreach (NodeSpeaker speaker in Speakers)
        {
            speaker.Speaker.ExpectLiveness();
        }
    }

    /// <summary>The session that a step names by address or by the node at its other end.</summary>
    internal BgpSession? FindSession(NodeSpeaker speaker, BgpPeerRef peer)
    {
        if (peer.Address is { } address)
        {
            return speaker.Speaker.FindNeighbor(address);
        }

        NetworkNamespace? other = peer.Name is null ? null : _topology!.Emulation.FindNode(peer.Name)?.Root;
        return other is null
            ? speaker.Speaker.Neighbors.FirstOrDefault(s => s.Configuration.Interface == peer.Name)
            : speaker.Speaker.Neighbors.FirstOrDefault(s =>
                s.Address.IsIPv4 ? other.IPv4.IsLocal(s.Address.IPv4) : other.IPv6.IsLocal(s.Address.IPv6));
    }

    /// <summary>A `bgp:` block and the policies that steps have replaced since.</summary>
    private sealed record DeclaredSpeaker(BgpSpec Block)
    {
        public Dictionary<string, BgpPolicySpec> Policies { get; } = new(System.StringComparer.Ordinal);
    }
}
