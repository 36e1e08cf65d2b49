using System;
using System.Collections.Generic;
using System.Globalization;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Benchmarks;

/// <summary>
/// A router that translates the addresses of services, one after the other in turn: what the first packet of a connection
/// costs, and what a later one does. The cost of translation is the difference to <see cref="ServiceVariant.None"/>.
/// </summary>
public sealed class ServiceScenario
{
    private const int FrameLength = 64;
    private const int Flows = 1024;
    private const int Burst = 32;
    private const ushort Port = 53;
    private static readonly Duration s_interval = Duration.FromMicroseconds(32);
    private static readonly IPv4Address s_firstService = new(10, 96, 0, 0);
    private static readonly IPv4Address s_firstBackend = new(20, 96, 0, 0);
    private static readonly IPv4Address s_firstClient = new(30, 0, 0, 0);
    private static readonly LinkOptions s_link = new() { Delay = Duration.FromMicroseconds(50), QueueLimit = 1 << 20 };

    private readonly Emulation _emulation = new(EmulationOptions.Default);
    private readonly FrameSink _sink = new();
    private readonly PacketFilter _filter;
    private readonly ServiceVariant _variant;
    private readonly int _services;
    private readonly Generator _generator;

    /// <param name="variant">How services are translated.</param>
    /// <param name="services">How many there are.</param>
    /// <param name="isEstablished">True for packets of 1,024 connections; false for a new connection with every packet.</param>
    public ServiceScenario(ServiceVariant variant, int services, bool isEstablished)
    {
        _variant = variant;
        _services = services;
        Node source = _emulation.AddNode("source");
        Node router = _emulation.AddNode("router");
        Node sink = _emulation.AddNode("sink");
        router.Root.SetForwarding(true);
        EthernetDevice uplink = AddDevice(source, "eth0", new IPv4Address(192, 168, 0, 1));
        EthernetDevice left = AddDevice(router, "eth0", new IPv4Address(192, 168, 0, 2));
        EthernetDevice right = AddDevice(router, "eth1", new IPv4Address(192, 168, 1, 1));
        EthernetDevice last = AddDevice(sink, "eth0", new IPv4Address(192, 168, 1, 2));
        _emulation.Connect(uplink, left, s_link);
        _emulation.Connect(right, last, s_link);
        router.Root.IPv4.Routes.Add(new Route<IPv4Address>
        {
            Prefix = Prefix<IPv4Address>.Default,
            NextHop = new NextHop<IPv4Address>(right, new IPv4Address(192, 168, 1, 2), hasGateway: true),
        });
        _filter = router.Root.Netfilter;
        _filter.Connections.Maximum = 0;
        Configure();
        sink.Root.WritableHooks().Add(AddressFamily.IPv4, HookPoint.Prerouting, -300, _sink);
        _generator = new Generator(source, uplink, left.Mac, services, isEstablished);
    }

    /// <summary>Sends one packet to each service and adds up the rules that a kernel would have visited, by the rules' counters.</summary>
    public long CountVisitedRules()
    {
        Prime();
        _generator.Send(_services - 1);
        _emulation.RunUntil(_emulation.Now + (s_interval * ((_services / Burst) + 100)));
        if (_sink.Count != _services)
        {
            throw new InvalidOperationException($"{_services - _sink.Count} packets were lost");
        }

        if (_variant != ServiceVariant.Chains)
        {
            return _variant == ServiceVariant.Map ? Packets("PREROUTING", 1) : 0;
        }

        // The jump, the services before, the service itself, and one rule each in its chain and its backend's.
        long visited = Packets("PREROUTING", 1);
        for (int i = 0; i < _services; i++)
        {
            visited += Packets("KUBE-SERVICES", i + 1) * (i + 1);
            visited += Packets(ServiceChain(i), 1) + Packets(BackendChain(i), 1);
        }

        return visited;
    }

    /// <summary>Runs for a warm-up and then until the clock has advanced by <paramref name="budget"/> nanoseconds.</summary>
    public BenchFigures Run(Func<long> clock, long budget)
    {
        Prime();
        _generator.Send(long.MaxValue);
        BenchMeter meter = new($"services {_variant} {_services}", _emulation, s_interval * 8, () => _sink.Count, clock);
        meter.Measure(budget / 4);
        return meter.Measure(budget);
    }

    /// <summary>One packet, and time for the neighbours to be resolved: a queue of packets would have an end.</summary>
    private void Prime()
    {
        _generator.Send(1);
        _emulation.RunUntil(_emulation.Now + Duration.FromMilliseconds(10));
    }

    private long Packets(string chain, int number) => (long)_filter.Counter(AddressFamily.IPv4, TableName.Nat, chain, number).Packets;

    private void Configure()
    {
        if (_variant == ServiceVariant.None)
        {
            return;
        }

        List<Chain> chains = [];
        if (_variant == ServiceVariant.Map)
        {
            Rule map = new()
            {
                Matches = [new RuleMatch.Destination(new InternetPrefix(s_firstService, 12))],
                Target = new RuleTarget.NetMap(new InternetPrefix(s_firstBackend, 12)),
            };
            chains.Add(new Chain("PREROUTING", [map]));
        }
        else
        {
            chains.Add(new Chain("PREROUTING", [new Rule { Target = new RuleTarget.Jump("KUBE-SERVICES") }]));
            List<Rule> services = [];
            for (int i = 0; i < _services; i++)
            {
                services.Add(new Rule
                {
                    Matches =
                    [
                        new RuleMatch.Destination(new InternetPrefix(s_firstService.Add(i), IPv4Address.Bits)),
                        new RuleMatch.Protocol(IPProtocol.Udp),
                        new RuleMatch.DestinationPort(PortRange.Of(Port)),
                    ],
                    Target = new RuleTarget.Jump(ServiceChain(i)),
                });
                chains.Add(new Chain(ServiceChain(i), [new Rule { Target = new RuleTarget.Jump(BackendChain(i)) }]));
                chains.Add(new Chain(
                    BackendChain(i), [new Rule { Matches = [new RuleMatch.Protocol(IPProtocol.Udp)], Target = new RuleTarget.Dnat(NatRange.To(s_firstBackend.Add(i), Port)) }]));
            }

            chains.Insert(1, new Chain("KUBE-SERVICES", [.. services]));
        }

        if (_filter.ReplaceTable(AddressFamily.IPv4, TableName.Nat, chains) is { } error)
        {
            throw new InvalidOperationException($"{error}");
        }
    }

    private static string ServiceChain(int service) => string.Create(CultureInfo.InvariantCulture, $"KUBE-SVC-{service}");

    private static string BackendChain(int service) => string.Create(CultureInfo.InvariantCulture, $"KUBE-SEP-{service}");

    private static EthernetDevice AddDevice(Node node, string name, IPv4Address address)
    {
        EthernetDevice device = new(node.Root, name);
        node.Root.IPv4.AddAddress(device, new InterfaceAddress<IPv4Address>(address, 24));
        device.SetUp(true);
        return device;
    }

    /// <summary>Sends to the services in turn, from a new client each time or from 1,024 in turn.</summary>
    private sealed class Generator(Node node, EthernetDevice device, MacAddress gateway, int services, bool isEstablished) : TimerEntry
    {
        private readonly byte[] _frame = new byte[FrameLength];
        private long _left;
        private long _next;

        public void Send(long packets)
        {
            _left = packets;
            node.Schedule(this, node.Now);
        }

        public override void Expire()
        {
            for (int i = 0; i < Burst && _left > 0; i++, _left--)
            {
                long client = isEstablished ? _next % Flows : _next;
                Write(s_firstClient.Add(client), s_firstService.Add((isEstablished ? client : _next) % services));
                _next++;
                Frame frame = node.Emulation.Frames.Rent(_frame);
                frame.Flags |= FrameFlags.HeaderChecked | FrameFlags.TransportChecked;
                device.Transmit(frame);
            }

            if (_left > 0)
            {
                node.Schedule(this, node.Now + s_interval);
            }
        }

        private void Write(IPv4Address from, IPv4Address to)
        {
            EthernetHeader.Write(_frame, gateway, device.Mac, EtherType.IPv4);
            Span<byte> packet = _frame.AsSpan(EthernetHeader.Size);
            IPv4Header.Write(packet, 0, packet.Length, 0, IPv4Header.DontFragmentFlag, 64, IPProtocol.Udp, from, to);
            Span<byte> datagram = packet[IPv4Header.MinimumSize..];
            UdpHeader.Write(datagram, 1024, Port, InternetChecksum.PseudoHeader(from, to, IPProtocol.Udp, datagram.Length));
        }
    }
}
