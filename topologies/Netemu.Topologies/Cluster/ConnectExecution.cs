using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;
using Netemu.Topologies.Running;
using WireProtocol = Netemu.Core.Wire.IPProtocol;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// Sends the first packet of a conversation and follows it: allowed if it reaches its end, denied if a policy's rule ended
/// it (and by which), refused if nothing listens on a node, else lost with the reason. With `state: established` it is
/// another packet of a conversation that an earlier step began.
/// </summary>
internal sealed class ConnectExecution(ClusterExtension cluster, ConnectProbe probe, StepContext context) : StepExecution
{
    private const string Lost = "lost: ";
    private const ushort FirstSourcePort = 40_000;
    private const ushort SourcePorts = 20_000;

    private readonly ObservedMapping _observed = new();
    private NetworkNamespace? _from;
    private NetworkNamespace? _target;
    private CallbackTimer? _timeout;
    private PacketTrace? _trace;
    private ConnectPacket _packet;
    private Conversation? _conversation;

    public override void Begin()
    {
        _from = context.Topology.FindNamespace(probe.From) ?? OutsideOwner(probe.From);
        InternetAddress to = context.Topology.FindAddress(probe.To!, probe.Family);
        _target = context.Topology.FindNamespace(probe.To!) ?? OutsideOwner(probe.To);
        if (_from is null || to.IsNone)
        {
            Conclude(_from is null ? $"lost: {probe.From} does not run" : $"lost: {probe.To} has no address");
            return;
        }

        context.Emulation.FrameDropped += OnDropped;
        _timeout = new CallbackTimer(() => Conclude("lost: timeout"));
        _from.Node.Schedule(_timeout, context.Now + probe.Timeout);
        Errno error = probe.Established ? Continue() : Start(to);
        if (error != Errno.None && !IsDone)
        {
            Conclude($"lost: {error}");
        }
    }

    public override ObservedMapping Observe() => _observed;

    public override void Close() => context.Emulation.FrameDropped -= OnDropped;

    /// <summary>The node of `kind: outside` that owns an address which no other node has.</summary>
    private NetworkNamespace? OutsideOwner(EndpointRef? endpoint)
    {
        if (endpoint is not AddressEndpoint address)
        {
            return null;
        }

        foreach (Engine.Simulation.Node node in context.Emulation.Nodes)
        {
            if (node.Namespaces.FirstOrDefault(s => Owns(s, address.Address)) is { } owner && !IsOutside(owner))
            {
                return owner;
            }
        }

        return context.Emulation.Nodes.FirstOrDefault(n => IsOutside(n.Root))?.Root;
    }

    private static bool Owns(NetworkNamespace space, InternetAddress address) =>
        address.IsIPv4 ? space.IPv4.IsLocal(address.IPv4) : space.IPv6.IsLocal(address.IPv6);

    private bool IsOutside(NetworkNamespace? space) =>
        space is not null && space.Name.Length == 0 && context.Topology.FindSpecification(space.Node.Name)?.Kind == NodeKind.Outside;

    private Errno Start(InternetAddress to)
    {
        bool isIPv4 = to.IsIPv4;
        WireProtocol protocol = (WireProtocol)probe.Protocol == WireProtocol.Icmp && !isIPv4 ? WireProtocol.Icmpv6 : (WireProtocol)probe.Protocol;
        InternetAddress source = probe.Source ?? (probe.From is AddressEndpoint literal ? literal.Address : default);
        _packet = new ConnectPacket(protocol, to)
        {
            Source = source,
            SourcePort = (ushort)(probe.SourcePort ?? FirstSourcePort + cluster.NextProbe(SourcePorts)),
            DestinationPort = (ushort)(probe.Port ?? 80),
            IcmpType = (byte)(probe.IcmpType ?? (isIPv4 ? (int)IcmpType.EchoRequest : (int)Icmpv6Type.EchoRequest)),
            IcmpCode = (byte)(probe.IcmpCode ?? 0),
            Mark = probe.Mark ?? 0,
            Flags = TcpFlags.Syn,
            Sequence = 1,
        };
        return Send(_packet);
    }

    private Errno Continue()
    {
        _conversation = cluster.FindConversation(probe);
        if (_conversation is null || !_conversation.IsOpen)
        {
            Conclude(_conversation is null ? "lost: no conversation was begun" : "lost: the conversation has ended");
            return Errno.None;
        }

        _packet = _conversation.First;
        return _conversation.IsStream
            ? _conversation.Continue(() => Conclude("allowed"), reason => Conclude($"lost: {reason}"))
            : Send(_packet);
    }

    /// <summary>The observer may hear of the end inside this very call: a packet to the own address, or a local drop.</summary>
    private Errno Send(ConnectPacket packet)
    {
        _trace = new PacketTrace(OnRecorded);
        return packet.Send(_from!, _trace);
    }

    private void OnRecorded(TraceEvent recorded)
    {
        if (recorded.Branch != 0 || recorded.Stage != TraceStage.Deliver || IsDone)
        {
            return;
        }

        NetworkNamespace? at = FindNamespace(recorded.Namespace);
        bool isEnd = ReferenceEquals(at, _target) || cluster.IsPod(at) || IsOutside(at);
        if (!isEnd)
        {
            // A tunnel's envelope has reached the node at its end; the packet goes on from there.
            return;
        }

        bool answers = probe.To is PodEndpoint or Model.ServiceEndpoint || IsOutside(at) || cluster.IsPod(at) || Listens(at);
        if (answers && _trace is not null && ConnectVerdict.Allowed(_trace, s => cluster.MachineOf(s.Node)?.Agent) is { } by)
        {
            _observed.With("by", by);
        }

        Conclude(answers ? "allowed" : "refused");
        if (answers && !probe.Established && cluster.IsContinued(probe))
        {
            Answer(at);
            cluster.Remember(probe, Conversation.Open(_packet, _from!, at));
        }
    }

    /// <summary>A datagram becomes a conversation for connection tracking when the other end has answered.</summary>
    private void Answer(NetworkNamespace? at)
    {
        if (at is not null && _packet.Protocol is not (WireProtocol.Tcp or WireProtocol.Icmp or WireProtocol.Icmpv6))
        {
            InternetAddress back = context.Topology.FindAddress(probe.From, _packet.Destination.Family);
            new ConnectPacket(_packet.Protocol, _packet.Source.IsNone ? back : _packet.Source)
            {
                SourcePort = _packet.DestinationPort,
                DestinationPort = _packet.SourcePort,
            }.Send(at, null);
        }
    }

    private void OnDropped(NetworkNamespace space, Frame frame, DropReason reason)
    {
        if (IsDone || !IsMine(frame))
        {
            return;
        }

        DropExplanation explanation = space.Netfilter.LastDrop;
        if (reason is not (DropReason.PolicyDrop or DropReason.PolicyReject))
        {
            // Delivered to a transport that has no use for it is an answer too.
            Conclude($"lost: {reason}");
        }
        else if (ConnectVerdict.IsPolicy(explanation))
        {
            ObservedMapping by = ConnectVerdict.Denied(cluster.MachineOf(space.Node)?.Agent, frame, explanation);
            Conclude("denied");
            _observed.With("by", by).With("at", space.QualifiedName).With("where", explanation.ToString());
        }
        else
        {
            bool refuses = ConnectVerdict.IsProxy(explanation) && reason == DropReason.PolicyReject;
            Conclude(refuses ? "refused" : $"lost: {reason}");
            _observed.With("at", space.QualifiedName).With("where", explanation.ToString());
        }
    }

    private bool IsMine(Frame frame)
    {
        if (_conversation is { IsStream: true } stream)
        {
            (InternetAddress source, _) = ConnectVerdict.Ends(frame);
            return stream.Owns(source, frame.Bytes);
        }

        return frame.Trace is { BranchNumber: 0 } trace && ReferenceEquals(trace, _trace);
    }

    private NetworkNamespace? FindNamespace(string qualified) =>
        context.Emulation.Nodes.SelectMany(n => n.Namespaces).FirstOrDefault(s => s.QualifiedName == qualified);

    private bool Listens(NetworkNamespace? space)
    {
        ushort port = (ushort)(probe.Port ?? 80);
        return space is not null && (WireProtocol)probe.Protocol switch
        {
            WireProtocol.Udp => space.Udp.Sockets().Any(s => s.LocalPort == port),
            WireProtocol.Icmp or WireProtocol.Icmpv6 => true,
            WireProtocol.Tcp => space.Tcp.Listeners().Any(l => l.LocalPort == port),
            _ => false,
        };
    }

    private void Conclude(string verdict)
    {
        if (IsDone)
        {
            return;
        }

        _observed.With("outcome", verdict);
        if (verdict.StartsWith(Lost, System.StringComparison.Ordinal))
        {
            // Also as a key of its own: 'lost: REASON' is a mapping where somebody has not quoted it.
            _observed.With("lost", verdict[Lost.Length..]);
        }

        Close();
        SimTime now = _target?.Node.Now ?? context.Emulation.Now;
        Finish(now > context.Emulation.Now ? now : context.Emulation.Now);
    }
}
