using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Service;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Topologies.Bgp;

namespace Netemu.Topologies.Experiments.Labs;

/// <summary>Speakers in emulated machines, whose sessions are TCP connections over emulated links.</summary>
internal sealed class EmulatedLab : BgpLab
{
    /// <summary>Addresses of point-to-point links: 10.128.0.0/9 in /30s.</summary>
    private static readonly IPv4Address s_firstTransfer = new(10, 128, 0, 0);

    private readonly ServiceTimes? _times;
    private readonly List<ServiceQueue> _servers = [];
    private readonly Dictionary<LabSpeaker, FibNextHops> _nextHops = [];
    private Node? _running;
    private int _transfers;

    public EmulatedLab(long seed, ServiceTimes? times = null)
    {
        _times = times;
        Emulation = new Emulation(new EmulationOptions { Seed = seed });
    }

    public Emulation Emulation { get; }

    /// <summary>True where best paths become routes of the machines.</summary>
    public bool InstallsRoutes { get; init; }

    /// <summary>True where a small message waits for the acknowledgment of the one before (RFC 896).</summary>
    public bool HasNagle { get; init; }

    public override SimTime Now => Emulation.Now;

    public override long Packets => Speakers.Sum(s => CountersOf(s).Packets);

    public override long WireBytes => Speakers.Sum(s => CountersOf(s).Bytes);

    public override long Drops => Emulation.Frames.Accounting.Dropped;

    public override ulong Hash => Emulation.ComputeHash();

    protected override SimTime Instant => _running?.Now ?? Emulation.Now;

    protected override bool IsServing => _servers.Exists(s => s.Count > 0);

    /// <summary>Adds a router with its machine.</summary>
    public LabSpeaker AddRouter(LabSpeaker speaker)
    {
        Add(speaker);
        speaker.Node = Emulation.AddNode(speaker.Name);
        speaker.Node.Root.SetForwarding(true);
        speaker.Node.Root.Loopback.SetUp(true);
        return speaker;
    }

    /// <summary>Joins two routers by a link of their own and makes them neighbours over it.</summary>
    public void Peer(LabSpeaker left, LabSpeaker right, Duration delay, BgpNeighborConfiguration template)
    {
        IPv4Address network = s_firstTransfer.Add(4L * _transfers++);
        EthernetDevice a = AddDevice(left, network.Add(1));
        EthernetDevice b = AddDevice(right, network.Add(2));
        Emulation.Connect(a, b, LinkOptions.Default with { Delay = delay });
        left.Neighbors.Add(new BgpNeighbor(network.Add(2), template with { RemoteAs = right.As }));
        right.Neighbors.Add(new BgpNeighbor(network.Add(1), template with { RemoteAs = left.As }));
    }

    public override void RunUntil(SimTime end) => Emulation.RunUntil(end);

    public override void Do(Action action)
    {
        Emulation.AtBarrier(Now, action);
        Emulation.RunUntil(Now);
    }

    public override void PowerOff(LabSpeaker speaker) => Do(() =>
    {
        Emulation.ShutDown(speaker.Node!);
        if (_nextHops.Remove(speaker, out FibNextHops? nextHops))
        {
            nextHops.Detach();
        }

        Tally.Forget(speaker.Speaker!);
        speaker.Speaker!.Destroy();
        speaker.Speaker = null;
    });

    public override void PowerOn(LabSpeaker speaker) => Do(() =>
    {
        Emulation.Boot(speaker.Node!);
        speaker.Node!.Root.Loopback.SetUp(true);
        speaker.SetUp?.Invoke(speaker.Node!);
        Boot(speaker);
    });

    protected override void Boot(LabSpeaker speaker)
    {
        Node node = speaker.Node!;
        node.Root.Tcp.Transport.NoDelay = !HasNagle;
        IByteStreamTransport transport = node.Root.Tcp.Transport;
        if (_times is not null)
        {
            ServiceQueue server = new(node);
            _servers.Add(server);
            transport = new ServiceTransport(transport, server, _times, node.Random("service"));
        }

        FibNextHops? nextHops = null;
        FibRouteSink? sink = null;
        if (InstallsRoutes)
        {
            nextHops = new FibNextHops(node.Root);
            sink = new FibRouteSink(node.Root, nextHops, RouteProtocol.Bgp, metric: 20);
            _nextHops[speaker] = nextHops;
        }

        speaker.Speaker = new BgpSpeaker(speaker.ToConfiguration(), new BgpServices
        {
            Scheduler = node,
            Transport = transport,
            Random = node.Random("bgp"),
            Tables = Tables,
            NextHops = nextHops,
            RouteSink = sink,
            Observer = new NodeObserver(this, node),
        });
        speaker.Speaker.Start();
    }

    private static EthernetDevice AddDevice(LabSpeaker speaker, IPv4Address address)
    {
        // Loopback is device 0, so links count from eth0.
        EthernetDevice device = new(speaker.Node!.Root, $"eth{speaker.Node.Root.Devices.Count - 1}");
        speaker.Node.Root.IPv4.AddAddress(device, new InterfaceAddress<IPv4Address>(address, 30));
        device.SetUp(true);
        return device;
    }

    private static (long Packets, long Bytes) CountersOf(LabSpeaker speaker)
    {
        long packets = 0;
        long bytes = 0;
        foreach (NetDevice device in speaker.Node!.Root.Devices)
        {
            if (!device.IsLoopback)
            {
                packets += device.Counters.TransmittedPackets;
                bytes += device.Counters.TransmittedBytes;
            }
        }

        return (packets, bytes);
    }

    /// <summary>Tells the tally, and by which machine's clock.</summary>
    private sealed class NodeObserver(EmulatedLab lab, Node node) : IBgpObserver
    {
        public void StateChanged(BgpSession session, BgpState from, BgpState to, BgpEvent cause)
        {
            lab._running = node;
            lab.Tally.StateChanged(session, from, to, cause);
        }

        public void Notified(BgpSession session, BgpError error, bool sent)
        {
            lab._running = node;
            lab.Tally.Notified(session, error, sent);
        }

        public void UpdateError(BgpSession session, BgpError error)
        {
            lab._running = node;
            lab.Tally.UpdateError(session, error);
        }

        public void UpdateReceived(BgpSession session, ReadOnlySpan<byte> message)
        {
            lab._running = node;
            lab.Tally.UpdateReceived(session, message);
        }
    }
}
