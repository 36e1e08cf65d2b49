using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Netfilter.Sets;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Benchmarks;

/// <summary>
/// A chain of eight routers that filter 1,024 flows of 64-byte frames. The cost of policy per hop is the difference of
/// <see cref="BenchFigures.NanosecondsEach"/> to the same chain with <see cref="PolicyVariant.None"/>.
/// </summary>
public sealed class PolicyScenario
{
    private const int ChainLength = 8;
    private const int Flows = 1024;
    private const int FrameLength = 64;
    private const int InFlight = 512;
    private static readonly Duration LinkDelay = Duration.FromMicroseconds(50);

    private readonly Emulation _emulation = new(EmulationOptions.Default);
    private readonly FrameSink _sink = new();
    private readonly List<PacketFilter> _filters = [];
    private readonly PolicyVariant _variant;
    private readonly int _rules;

    public PolicyScenario(PolicyVariant variant, int rules)
    {
        _variant = variant;
        _rules = rules;
        Build();
    }

    /// <summary>Runs for a warm-up and then until the clock has advanced by <paramref name="budget"/> nanoseconds.</summary>
    public BenchFigures Run(Func<long> clock, long budget)
    {
        SimTime end = SimTime.Zero + Duration.FromMilliseconds(50);
        _emulation.RunUntil(end);
        foreach (PacketFilter filter in _filters)
        {
            // As if the other side had answered: the sink does not.
            foreach (Connection connection in filter.Connections.All())
            {
                connection.Status |= ConnectionStatus.SeenReply | ConnectionStatus.Assured;
            }
        }

        Measure(clock, budget / 4, ref end);
        return Measure(clock, budget, ref end);
    }

    private void Build()
    {
        Node source = _emulation.AddNode("source");
        EthernetDevice previous = new(source.Root, "eth0");
        previous.SetUp(true);
        EthernetDevice uplink = previous;
        LinkOptions options = new() { Delay = LinkDelay, RateBitsPerSecond = 100_000_000_000, QueueLimit = 1 << 20 };
        for (int i = 0; i < ChainLength; i++)
        {
            Node router = _emulation.AddNode($"r{i}");
            router.Root.SetForwarding(true);
            EthernetDevice left = new(router.Root, "eth0");
            EthernetDevice right = new(router.Root, "eth1");
            router.Root.IPv4.AddAddress(left, new InterfaceAddress<IPv4Address>(Transfer(i, 2), 30));
            router.Root.IPv4.AddAddress(right, new InterfaceAddress<IPv4Address>(Transfer(i + 1, 1), 30));
            left.SetUp(true);
            right.SetUp(true);
            _emulation.Connect(previous, left, options);
            router.Root.IPv4.Routes.Add(new Route<IPv4Address>
            {
                Prefix = Prefix<IPv4Address>.Parse("20.0.0.0/8"),
                NextHop = new NextHop<IPv4Address>(right, Transfer(i + 1, 2), hasGateway: true),
            });
            Configure(router.Root.Netfilter);
            previous = right;
        }

        Node destination = _emulation.AddNode("sink");
        EthernetDevice last = new(destination.Root, "eth0");
        destination.Root.IPv4.AddAddress(last, new InterfaceAddress<IPv4Address>(Transfer(ChainLength, 2), 30));
        last.SetUp(true);
        _emulation.Connect(previous, last, options);
        destination.Root.WritableHooks().Add(AddressFamily.IPv4, HookPoint.Prerouting, -300, _sink);
        long path = LinkDelay.Nanoseconds * (ChainLength + 1);
        source.Schedule(
            new Generator(source, uplink, Templates(uplink.Mac, uplink.Link!.B.Mac), InFlight / 32, new Duration(path / 32)), SimTime.Zero);
    }

    private void Configure(PacketFilter filter)
    {
        if (_variant == PolicyVariant.None)
        {
            return;
        }

        _filters.Add(filter);
        RandomSource random = new(1, "bench/policy");
        List<Rule> rules = [];
        if (_variant == PolicyVariant.Established)
        {
            rules.Add(new Rule { Matches = [new RuleMatch.State(ConnectionStates.Established)], Target = new RuleTarget.Accept() });
        }

        if (_variant == PolicyVariant.Set)
        {
            filter.Sets.Create("peers", SetType.HashIP, AddressFamily.IPv4, out IPSet set, maximumElements: _rules);
            for (int i = 0; i < _rules; i++)
            {
                set.Add(new InternetAddress(new IPv4Address((uint)(0x1400_0000 + i))));
            }

            rules.Add(new Rule
            {
                Matches = [new RuleMatch.Set("peers", [SetDirection.Destination], Negated: true)],
                Target = new RuleTarget.Drop(),
            });
        }
        else
        {
            for (int i = 1; i < _rules; i++)
            {
                rules.Add(Random(random));
            }
        }

        rules.Add(new Rule { Target = new RuleTarget.Accept() });
        TableError? error = filter.ReplaceTable(AddressFamily.IPv4, TableName.Filter, [new Chain("FORWARD", [.. rules])]);
        if (error is not null)
        {
            throw new InvalidOperationException($"{error}");
        }
    }

    /// <summary>A rule that no packet of the run matches: other networks, mostly one port, some ranges.</summary>
    private static Rule Random(RandomSource random)
    {
        int port = (int)random.NextBetween(1, 60_000);
        PortRange ports = random.NextChance(1, 10) ? new PortRange((ushort)port, (ushort)(port + 100)) : PortRange.Of(port);
        int length = random.NextChance(1, 2) ? 32 : 24;
        return new Rule
        {
            Matches =
            [
                new RuleMatch.Destination(new InternetPrefix(new IPv4Address(0x1E00_0000 + (uint)random.NextBelow(1 << 24)), length)),
                new RuleMatch.Protocol(IPProtocol.Udp),
                new RuleMatch.DestinationPort(ports),
            ],
            Target = new RuleTarget.Drop(),
        };
    }

    private static IPv4Address Transfer(int link, int host) => new((uint)(0x0A00_0000 + (link * 4) + host));

    private static byte[][] Templates(MacAddress own, MacAddress gateway)
    {
        byte[][] flows = new byte[Flows][];
        for (int i = 0; i < Flows; i++)
        {
            IPv4Address destination = new((uint)(0x1400_0000 + i));
            byte[] frame = new byte[FrameLength];
            EthernetHeader.Write(frame, gateway, own, EtherType.IPv4);
            Span<byte> packet = frame.AsSpan(EthernetHeader.Size);
            IPv4Header.Write(packet, 0, packet.Length, 0, IPv4Header.DontFragmentFlag, 255, IPProtocol.Udp, Transfer(0, 1), destination);
            Span<byte> datagram = packet[IPv4Header.MinimumSize..];
            uint pseudo = InternetChecksum.PseudoHeader(Transfer(0, 1), destination, IPProtocol.Udp, datagram.Length);
            UdpHeader.Write(datagram, (ushort)(1024 + i), 9, pseudo);
            flows[i] = frame;
        }

        return flows;
    }

    private BenchFigures Measure(Func<long> clock, long budget, ref SimTime end)
    {
        long before = _sink.Count;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = clock();
        long now = start;
        while (now - start < budget)
        {
            end += LinkDelay * (ChainLength + 1);
            _emulation.RunUntil(end);
            now = clock();
        }

        return new BenchFigures(
            $"policy {_variant} {_rules}",
            (_sink.Count - before) * ChainLength,
            now - start,
            GC.GetAllocatedBytesForCurrentThread() - allocated,
            _emulation.ComputeHash());
    }

    private sealed class Generator(Node node, NetDevice device, byte[][] templates, int burst, Duration interval) : TimerEntry
    {
        private int _next;

        public override void Expire()
        {
            for (int i = 0; i < burst; i++)
            {
                Frame frame = node.Emulation.Frames.Rent(templates[_next]);
                frame.Flags |= FrameFlags.HeaderChecked | FrameFlags.TransportChecked;
                _next = (_next + 1) % templates.Length;
                device.Transmit(frame);
            }

            node.Schedule(this, node.Now + interval);
        }
    }
}
