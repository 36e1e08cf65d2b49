using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Evaluation;
using Netemu.Calico.Resources;
using Netemu.Calico.Workloads;
using Netemu.Core.Addresses;
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

/// <summary>n1 and n2 behind a router that is everybody else.</summary>
internal sealed class PolicySite : IDisposable
{
    private readonly EmulatedNetwork _network = new();
    private readonly Dictionary<InternetAddress, NetworkNamespace> _pods = [];
    private readonly Dictionary<string, FelixAgent> _agents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InstalledTables> _installed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IPv4Address> _uplinks = new(StringComparer.Ordinal);
    private List<Resource> _state;
    private readonly EngineNode _outside;
    private PacketTrace? _trace;
    private bool _arrived;
    private bool _dropped;
    private RuleOrigin? _origin;
    private ushort _port = 20_000;

    public PolicySite(List<Resource> state, FelixServiceTime? costs = null)
    {
        _state = state;
        _outside = _network.Router("out");
        foreach (string name in RandomCluster.Nodes)
        {
            EngineNode node = _network.Router(name);
            int number = _uplinks.Count;
            _uplinks.Add(name, new IPv4Address(192, 168, (byte)number, 2));
            _network.Join(_outside, $"192.168.{number}.1/24", node, $"192.168.{number}.2/24");
            NetDevice uplink = node.Root.Devices.First(d => !d.IsLoopback);
            node.Root.IPv4.Routes.Add(new Route<IPv4Address>
            {
                Prefix = Prefix<IPv4Address>.Default,
                NextHop = new NextHop<IPv4Address>(uplink, new IPv4Address(192, 168, (byte)number, 1), hasGateway: true),
            });
            foreach (Pod pod in state.OfType<Pod>().Where(p => p.NodeName == name))
            {
                Connect(node, pod);
            }

            FelixAgent agent = new(node.Root, name, costs);
            _agents.Add(name, agent);
            InstalledTables installed = new();
            _installed.Add(name, installed);
            agent.StepDone = step => installed.Take(step, node.Now);
            agent.Start();
            agent.Update([.. state.Select(r => new Calico.Store.StoreEvent(r.Key, 1, r, null))]);
        }

        _network.Emulation.FrameDropped += OnDropped;
        _network.Emulation.RunUntil(_network.Now + Duration.FromMilliseconds(10));
    }

    /// <summary>What a node's netfilter had at each instant.</summary>
    public InstalledTables InstalledOn(string node) => _installed[node];

    public string Last { get; private set; } = string.Empty;

    public SimTime Now => _network.Now;

    public FelixStatistics StatisticsOf(string node) => _agents[node].Statistics;

    /// <summary>
    /// Brings the resources to another state, as the differences that the nodes' watches would have; Pods stay where they
    /// are. What it means for packets shows from this instant on.
    /// </summary>
    public void Change(List<Resource> state)
    {
        Calico.Store.StoreEvent[] changes =
        [
            .. _state.Where(old => state.TrueForAll(now => now.Key != old.Key)).Select(old => new Calico.Store.StoreEvent(old.Key, 2, null, old)),
            .. state.Where(now => !_state.Exists(old => ReferenceEquals(old, now))).Select(now => new Calico.Store.StoreEvent(now.Key, 2, now, null)),
        ];
        foreach (FelixAgent agent in _agents.Values)
        {
            agent.Update(changes);
        }

        _state = state;
    }

    public void RunFor(Duration time) => _network.Emulation.RunUntil(_network.Now + time);

    /// <summary>Sends a packet and does not wait for it: every hook that it passes is told with its node and time.</summary>
    public PacketTrace Launch(Flow flow)
    {
        NetworkNamespace from = _pods.GetValueOrDefault(flow.Source) ?? _outside.Root;
        PacketTrace trace = new(static _ => { });
        OutputRoute<IPv4Address> route = from.IPv4.RouteOutput(flow.Destination.IPv4, default);
        Assert.Equal(Errno.None, route.Error);
        route = route with { Source = flow.Source.IPv4 };
        from.IPv4.SendDatagram(
            route, flow.Destination.IPv4, (WireProtocol)flow.Protocol.Number, Payload(flow), 0, 0, PathMtuDiscovery.Want, 0, trace);
        return trace;
    }

    /// <summary>Whether a traced packet has come to its destination.</summary>
    public bool HasArrived(PacketTrace trace, Flow flow) => trace.Events.Any(recorded =>
    {
        bool isOutside = recorded.Namespace == "out" && !_pods.ContainsKey(flow.Destination) && _pods.ContainsKey(flow.Source);
        return recorded.Branch == 0 && recorded.Stage == (isOutside ? TraceStage.Receive : TraceStage.Deliver);
    });

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

    private void Connect(EngineNode node, Pod pod)
    {
        WorkloadEndpoint endpoint = WorkloadEndpoints.FromPod(pod)!;
        NetworkNamespace space = WorkloadWiring.Connect(node, pod.Name, endpoint, 1500);
        foreach (InternetAddress address in endpoint.Addresses)
        {
            _pods[address] = space;
            _outside.Root.IPv4.Routes.Add(new Route<IPv4Address>
            {
                Prefix = Prefix<IPv4Address>.Host(address.IPv4),
                NextHop = new NextHop<IPv4Address>(_outside.Root.Devices[^1], _uplinks[node.Name], hasGateway: true),
            });
        }
    }
}
