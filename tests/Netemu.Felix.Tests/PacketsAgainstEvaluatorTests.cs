using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Calico.Evaluation;
using Netemu.Calico.Resources;
using Netemu.Calico.Workloads;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;
using Netemu.Felix.Dataplane;
using Netemu.Felix.Rendering;
using Netemu.Testing;
using EngineNode = Netemu.Engine.Simulation.Node;
using WireProtocol = Netemu.Core.Wire.IPProtocol;

namespace Netemu.Felix.Tests;

/// <summary>
/// Packets through emulated nodes with Felix on them have the fate that the naive evaluator says: random clusters, random
/// flows, random changes, in verdict and in reason. NETEMU_PROBES sets how many packets are sent (100000 for a soak).
/// </summary>
public sealed class PacketsAgainstEvaluatorTests
{
    private const int FlowsPerState = 60;

    private static readonly int _probes =
        int.TryParse(Environment.GetEnvironmentVariable("NETEMU_PROBES"), CultureInfo.InvariantCulture, out int asked) ? asked : 3_000;

    [Fact]
    public void Every_packet_ends_as_the_policies_say()
    {
        const int Seed = 1;
        RandomSource random = new(Seed, "packets");
        RandomCluster cluster = new(random);
        Dictionary<VerdictReason, int> reasons = [];
        int sent = 0;
        for (int round = 0; sent < _probes; round++)
        {
            // Given two nodes with the state's Pods, and an outside.
            List<Resource> state = cluster.State();
            ClusterState reference = new(state);
            PolicyEvaluator evaluator = new(reference);
            using Site site = new(state);
            for (int i = 0; i < FlowsPerState; i++)
            {
                Flow flow = cluster.Flow();
                PolicyEndpoint? source = reference.WorkloadAt(flow.Source);
                PolicyEndpoint? destination = reference.WorkloadAt(flow.Destination);
                bool isOwn = source == destination || flow.State != ConnectionState.New;

                // An ICMP error without a connection is INVALID to connection tracking, never new.
                bool isError = flow.Protocol == Calico.Resources.IPProtocol.Icmp && flow.IcmpType != (int)IcmpType.EchoRequest;
                if (isOwn || isError || flow.Destination.Family != flow.Source.Family)
                {
                    continue;
                }

                // When a packet is sent.
                (bool allowed, RuleOrigin? origin) = site.Send(flow);
                sent++;

                // Then it arrives or is dropped, and by the rule, as the evaluator says.
                PolicyVerdict verdict = evaluator.EvaluateWorkloads(flow);
                string context = $"seed {Seed} round {round}: {flow}\n{verdict}\npacket: {allowed} {origin} {site.Last}";
                Assert.True(verdict.IsAllowed == allowed, context);
                if (verdict.Reason is VerdictReason.PolicyRule or VerdictReason.ProfileRule)
                {
                    Assert.True(origin?.Source == verdict.DecidedBy && origin?.RuleIndex == verdict.RuleIndex, context);
                }
                else if (verdict.Reason == VerdictReason.EndOfTier)
                {
                    Assert.True(origin is { Source: null } && origin.Tier == verdict.Tier, context);
                }

                reasons[verdict.Reason] = reasons.GetValueOrDefault(verdict.Reason) + 1;
            }
        }

        Assert.All(
            [VerdictReason.PolicyRule, VerdictReason.EndOfTier, VerdictReason.ProfileRule],
            reason => Assert.True(reasons.GetValueOrDefault(reason) > _probes / 100, $"{reason}: {reasons.GetValueOrDefault(reason)}"));
    }

    /// <summary>n1 and n2 behind a router that is everybody else.</summary>
    private sealed class Site : IDisposable
    {
        private readonly EmulatedNetwork _network = new();
        private readonly Dictionary<InternetAddress, NetworkNamespace> _pods = [];
        private readonly EngineNode _outside;
        private PacketTrace? _trace;
        private bool _arrived;
        private bool _dropped;
        private RuleOrigin? _origin;
        private ushort _port = 20_000;

        public Site(List<Resource> state)
        {
            _outside = _network.Router("out");
            Dictionary<string, IPv4Address> uplinks = [];
            foreach (string name in RandomCluster.Nodes)
            {
                EngineNode node = _network.Router(name);
                int number = uplinks.Count;
                uplinks.Add(name, new IPv4Address(192, 168, (byte)number, 2));
                _network.Join(_outside, $"192.168.{number}.1/24", node, $"192.168.{number}.2/24");
                NetDevice uplink = node.Root.Devices.First(d => !d.IsLoopback);
                node.Root.IPv4.Routes.Add(new Route<IPv4Address>
                {
                    Prefix = Prefix<IPv4Address>.Default,
                    NextHop = new NextHop<IPv4Address>(uplink, new IPv4Address(192, 168, (byte)number, 1), hasGateway: true),
                });
                AddPods(node, state, uplinks[name]);
                FelixAgent agent = new(node.Root, name);
                agent.Start();
                agent.Update([.. state.Select(r => new Calico.Store.StoreEvent(r.Key, 1, r, null))]);
            }

            _network.Emulation.FrameDropped += OnDropped;
            _network.Emulation.RunUntil(_network.Now + Duration.FromMilliseconds(10));
        }

        public string Last { get; private set; } = string.Empty;

        public (bool Allowed, RuleOrigin? Origin) Send(Flow flow)
        {
            NetworkNamespace from = _pods.GetValueOrDefault(flow.Source) ?? _outside.Root;
            (_arrived, _dropped, _origin, Last) = (false, false, null, string.Empty);

            // Every packet is the first of its connection: ports and protocols without any come again.
            foreach (EngineNode node in _network.Emulation.Nodes)
            {
                node.Root.Netfilter.Connections.Clear();
            }

            _trace = new PacketTrace(recorded =>
            {
                bool isOutside = recorded.Namespace == "out" && !_pods.ContainsKey(flow.Destination) && !ReferenceEquals(from, _outside.Root);
                _arrived |= recorded.Branch == 0 && recorded.Stage == (isOutside ? TraceStage.Receive : TraceStage.Deliver);
            });
            OutputRoute<IPv4Address> route = from.IPv4.RouteOutput(flow.Destination.IPv4, default);
            Assert.Equal(Errno.None, route.Error);
            route = route with { Source = flow.Source.IPv4 };
            from.IPv4.SendDatagram(
                route, flow.Destination.IPv4, (WireProtocol)flow.Protocol.Number, Payload(flow), 0, 0, PathMtuDiscovery.Want, 0, _trace);
            _network.Emulation.RunUntil(_network.Now + Duration.FromMilliseconds(5));
            if (_arrived)
            {
                _origin = _trace.MatchedRules.Select(m => m.Rule.Tag).OfType<RuleOrigin>().LastOrDefault(o => o.Source is not null);
            }

            Last = string.Join("\n", _trace.Events.Select(e => $"{e.Namespace} {e.Stage} {e.Detail}"));
            return (_arrived && !_dropped, _origin);
        }

        public void Dispose() => _network.Dispose();

        /// <summary>A tuple of its own for each packet, where the flow's source port is no condition of any rule.</summary>
        private byte[] Payload(Flow flow)
        {
            byte[] payload = new byte[20];
            ushort port = flow.SourcePort == 40_000 ? _port++ : (ushort)flow.SourcePort;
            WireProtocol protocol = (WireProtocol)flow.Protocol.Number;
            uint pseudo = InternetChecksum.PseudoHeader(flow.Source.IPv4, flow.Destination.IPv4, protocol, payload.Length);
            switch (protocol)
            {
                case WireProtocol.Tcp:
                    TcpHeader.Write(payload, port, (ushort)flow.DestinationPort, 1, 0, TcpHeader.MinimumSize, TcpFlags.Syn, 1000, pseudo);
                    break;
                case WireProtocol.Udp:
                    UdpHeader.Write(payload, port, (ushort)flow.DestinationPort, pseudo);
                    break;
                case WireProtocol.Icmp:
                    IcmpHeader.Write(payload, (IcmpType)flow.IcmpType, (byte)flow.IcmpCode, (uint)_port++ << 16);
                    break;
            }

            return payload;
        }

        private void OnDropped(NetworkNamespace space, Frame frame, DropReason reason)
        {
            if (frame.Trace is { BranchNumber: 0 } trace && ReferenceEquals(trace, _trace) && reason == DropReason.PolicyDrop)
            {
                _dropped = true;
                _origin = space.Netfilter.LastDrop.Rule?.Tag as RuleOrigin;
            }
        }

        private void AddPods(EngineNode node, List<Resource> state, IPv4Address uplink)
        {
            foreach (Pod pod in state.OfType<Pod>().Where(p => p.NodeName == node.Name))
            {
                WorkloadEndpoint endpoint = WorkloadEndpoints.FromPod(pod)!;
                NetworkNamespace space = WorkloadWiring.Connect(node, pod.Name, endpoint, 1500);
                foreach (InternetAddress address in endpoint.Addresses)
                {
                    _pods[address] = space;
                    _outside.Root.IPv4.Routes.Add(new Route<IPv4Address>
                    {
                        Prefix = Prefix<IPv4Address>.Host(address.IPv4),
                        NextHop = new NextHop<IPv4Address>(_outside.Root.Devices[^1], uplink, hasGateway: true),
                    });
                }
            }
        }
    }
}
