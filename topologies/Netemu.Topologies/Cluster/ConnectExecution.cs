using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;
using Netemu.Felix.Dataplane;
using Netemu.Felix.Messages;
using Netemu.Felix.Rendering;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;
using Netemu.Topologies.Running;
using WireProtocol = Netemu.Core.Wire.IPProtocol;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// Sends the first packet of a conversation and follows it: allowed if it reaches its end, denied if a policy's rule ended
/// it (and by which), refused if nothing listens on a node, else lost with the reason.
/// </summary>
internal sealed class ConnectExecution(ClusterExtension cluster, ConnectProbe probe, StepContext context) : StepExecution
{
    private const ushort FirstSourcePort = 40_000;

    private readonly ObservedMapping _observed = new();
    private NetworkNamespace? _target;
    private CallbackTimer? _timeout;
    private PacketTrace? _trace;

    public override void Begin()
    {
        NetworkNamespace? from = context.Topology.FindNamespace(probe.From);
        InternetAddress to = context.Topology.FindAddress(probe.To!, probe.Family);
        _target = context.Topology.FindNamespace(probe.To!);
        if (from is null || !to.IsIPv4)
        {
            Conclude(from is null ? $"lost: {probe.From} does not run" : $"lost: {probe.To} has no IPv4 address");
            return;
        }

        context.Emulation.FrameDropped += OnDropped;
        _timeout = new CallbackTimer(() => Conclude("lost: timeout"));
        from.Node.Schedule(_timeout, context.Now + probe.Timeout);
        Errno error = Send(from, to.IPv4);
        if (error != Errno.None && !IsDone)
        {
            Conclude($"lost: {error}");
        }
    }

    public override ObservedMapping Observe() => _observed;

    public override void Close() => context.Emulation.FrameDropped -= OnDropped;

    private static string NameOf(ResourceKey policy)
    {
        string kind = policy.Kind == ResourceKind.KubernetesNetworkPolicy ? "NetworkPolicy" : policy.Kind.ToString();
        return policy.Namespace.Length == 0 ? $"{kind}/{policy.Name}" : $"{kind}/{policy.Namespace}/{policy.Name}";
    }

    private Errno Send(NetworkNamespace from, IPv4Address to)
    {
        IPv4Address source = probe.Source is { IsIPv4: true } given ? given.IPv4 : default;
        OutputRoute<IPv4Address> route = from.IPv4.RouteOutput(to, source);
        if (route.Error != Errno.None)
        {
            return route.Error;
        }

        // The observer may hear of the end inside this very call: a packet to the own address, or a local drop.
        _trace = new PacketTrace(OnRecorded);
        WireProtocol protocol = (WireProtocol)probe.Protocol;
        byte[] payload = Payload(protocol, route.Source, to);
        return from.IPv4.SendDatagram(route, to, protocol, payload, 0, 0, Engine.Sockets.PathMtuDiscovery.Want, probe.Mark ?? 0, _trace);
    }

    private byte[] Payload(WireProtocol protocol, IPv4Address source, IPv4Address destination)
    {
        ushort sourcePort = (ushort)(probe.SourcePort ?? FirstSourcePort + (context.Topology.Emulation.Windows % 20_000));
        ushort port = (ushort)(probe.Port ?? 80);
        switch (protocol)
        {
            case WireProtocol.Tcp:
                byte[] segment = new byte[TcpHeader.MinimumSize];
                TcpHeader.Write(
                    segment, sourcePort, port, 1, 0, TcpHeader.MinimumSize, TcpFlags.Syn, 64_240,
                    InternetChecksum.PseudoHeader(source, destination, WireProtocol.Tcp, segment.Length));
                return segment;
            case WireProtocol.Udp:
                byte[] datagram = new byte[UdpHeader.Size + 8];
                UdpHeader.Write(
                    datagram, sourcePort, port, InternetChecksum.PseudoHeader(source, destination, WireProtocol.Udp, datagram.Length));
                return datagram;
            case WireProtocol.Icmp:
                byte[] message = new byte[IcmpHeader.Size + 8];
                IcmpHeader.Write(message, (IcmpType)(probe.IcmpType ?? 8), (byte)(probe.IcmpCode ?? 0), (uint)sourcePort << 16 | 1);
                return message;
            default:
                // Ports stand first in SCTP and its like; for the others these are just bytes.
                byte[] other = new byte[20];
                System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(other, sourcePort);
                System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(other.AsSpan(2), port);
                return other;
        }
    }

    private void OnRecorded(TraceEvent recorded)
    {
        if (recorded.Branch != 0 || recorded.Stage != TraceStage.Deliver || IsDone)
        {
            return;
        }

        bool isPod = probe.To is PodEndpoint or Model.ServiceEndpoint;
        NetworkNamespace? at = FindNamespace(recorded.Namespace);
        Conclude(isPod || Listens(at) ? "allowed" : "refused");
    }

    private void OnDropped(NetworkNamespace space, Frame frame, DropReason reason)
    {
        if (IsDone || frame.Trace is not { BranchNumber: 0 } trace || !ReferenceEquals(trace, _trace))
        {
            return;
        }

        if (reason is not (DropReason.PolicyDrop or DropReason.PolicyReject))
        {
            // Delivered to a transport that has no use for it is an answer too.
            Conclude($"lost: {reason}");
            return;
        }

        DropExplanation explanation = space.Netfilter.LastDrop;
        RuleOrigin? origin = explanation.Rule?.Tag as RuleOrigin;
        ObservedMapping by = new ObservedMapping()
            .With("tier", origin?.Tier ?? "none")
            .WithList("policies", Selecting(space, frame, origin, explanation).Select(p => (ObservedValue)p))
            .With("rule", origin?.RuleIndex is { } index ? (ObservedValue)(long)index : (ObservedValue)"none");
        Conclude("denied");
        _observed.With("by", by).With("at", space.QualifiedName).With("where", explanation.ToString());
    }

    /// <summary>The policies that select the endpoint in the tier and direction that decided.</summary>
    private IEnumerable<string> Selecting(NetworkNamespace space, Frame frame, RuleOrigin? origin, DropExplanation explanation)
    {
        FelixAgent? agent = cluster.MachineOf(space.Node)?.Agent;
        IPv4Header header = new(frame.Bytes[EthernetHeader.Size..]);
        bool egress = explanation.Chain.StartsWith("cali-fw-", StringComparison.Ordinal)
            || explanation.Chain.StartsWith("cali-po-", StringComparison.Ordinal);
        InternetAddress own = egress ? header.Source : header.Destination;
        WorkloadEndpointUpdate? workload = agent?.Model.Workloads.FirstOrDefault(w => w.Endpoint.Addresses.Contains(own));
        foreach (EndpointTier tier in workload?.Tiers ?? [])
        {
            if (origin?.Tier is not null && tier.Name != origin.Tier)
            {
                continue;
            }

            foreach (ResourceKey policy in egress ? tier.Egress : tier.Ingress)
            {
                yield return NameOf(policy);
            }
        }
    }

    private NetworkNamespace? FindNamespace(string qualified) =>
        context.Emulation.Nodes.SelectMany(n => n.Namespaces).FirstOrDefault(s => s.QualifiedName == qualified);

    private bool Listens(NetworkNamespace? space)
    {
        ushort port = (ushort)(probe.Port ?? 80);
        return space is not null && (WireProtocol)probe.Protocol switch
        {
            WireProtocol.Udp => space.Udp.Sockets().Any(s => s.LocalPort == port),
            WireProtocol.Icmp => true,
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
        Close();
        SimTime now = _target?.Node.Now ?? context.Emulation.Now;
        Finish(now > context.Emulation.Now ? now : context.Emulation.Now);
    }
}
