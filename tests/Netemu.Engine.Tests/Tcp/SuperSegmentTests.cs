using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Engine.Bridging;
using Netemu.Engine.Capture;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Queueing;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Engine.Tcp;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Tcp;

/// <summary>
/// Super-segments and early demultiplexing save time and change nothing: hash, counters, drops, bytes received and every
/// captured byte are those of a run without them.
/// </summary>
public sealed class SuperSegmentTests
{
    private const int Length = 1_500_000;

    public enum Scene
    {
        /// <summary>Two namespaces on one bridge, and a third behind a link.</summary>
        Bridged,

        /// <summary>A sender with a queue that overflows in the middle of what is sent at once.</summary>
        ShortQueue,

        /// <summary>netem delays, loses, duplicates and reorders behind the sender.</summary>
        Impaired,

        /// <summary>A bridge port is slower than what comes over the bridge, and the bridge's entry ages meanwhile.</summary>
        Forgetful,

        /// <summary>Sixteen bridges in a row: hand-overs begin to cost time in the middle.</summary>
        Chain,

        /// <summary>A narrow router: segments become smaller in the middle of the connection.</summary>
        Narrow,

        /// <summary>Hooks at the senders look at every packet.</summary>
        Hooked,

        /// <summary>To itself, through a loopback device of an Ethernet's size.</summary>
        Loopback,
    }

    public static TheoryData<Scene, AddressFamily> Scenes
    {
        get
        {
            TheoryData<Scene, AddressFamily> scenes = [];
            foreach (Scene scene in Enum.GetValues<Scene>())
            {
                scenes.Add(scene, AddressFamily.IPv4);
                scenes.Add(scene, AddressFamily.IPv6);
            }

            return scenes;
        }
    }

    [Theory]
    [MemberData(nameof(Scenes))]
    public void With_and_without_offload_everything_is_the_same(Scene scene, AddressFamily family)
    {
        Outcome with = Run(scene, family, offload: true, capture: false);
        Outcome without = Run(scene, family, offload: false, capture: false);
        Assert.Equal(without.Counters, with.Counters);
        Assert.Equal(without.Drops, with.Drops);
        Assert.Equal(without.Received, with.Received);
        Assert.Equal(without.Hash, with.Hash);
        Assert.Equal(0, without.Supers);
        Assert.True(scene == Scene.Hooked ? with.Supers == 0 : with.Supers > 50, $"{with.Supers} super-segments");
    }

    [Theory]
    [MemberData(nameof(Scenes))]
    public void A_capture_shows_packets_of_the_path_s_size_and_changes_nothing(Scene scene, AddressFamily family)
    {
        Outcome seen = Run(scene, family, offload: true, capture: true);
        Outcome without = Run(scene, family, offload: false, capture: true);
        Outcome unseen = Run(scene, family, offload: true, capture: false);
        Assert.Equal(without.Captured, seen.Captured);
        Assert.Equal(unseen.Hash, seen.Hash);
        Assert.Equal(unseen.Counters, seen.Counters);
    }

    [Theory]
    [InlineData(ShardOrder.Reversed)]
    [InlineData(ShardOrder.Shuffled)]
    public void The_order_of_shards_changes_nothing(ShardOrder order) =>
        Assert.Equal(Run(Scene.Bridged, AddressFamily.IPv4, true, false).Hash, Run(Scene.Bridged, AddressFamily.IPv4, true, false, order).Hash);

    [Fact]
    public void A_filter_by_source_that_is_switched_on_under_a_flow_is_asked_at_once()
    {
        // Given a flow whose segments take the early way.
        TcpPairOnLink pair = new();
        pair.Start(Length * 20L);
        pair.Network.Run(Duration.FromMilliseconds(5));
        long before = pair.Server.Root.Tcp.Counters.InSegs;
        Assert.True(before > 100);

        // When the way back ends in a blackhole and rp_filter asks for it, no further segment comes through.
        pair.Server.Root.WritableSettings.All.ReversePathFilter = 1;
        EmulatedNetwork.Route(pair.Server, "10.0.0.1/32", RouteType.Blackhole);
        pair.Network.Run(Duration.FromMilliseconds(5));
        Assert.Equal(before, pair.Server.Root.Tcp.Counters.InSegs);
    }

    private static Outcome Run(
        Scene scene, AddressFamily family, bool offload, bool capture, ShardOrder order = ShardOrder.Declared)
    {
        using EmulatedNetwork network = new(EmulationOptions.Default with { ShardOrder = order });
        List<(NetworkNamespace From, NetworkNamespace To, string Address)> flows = Build(scene, family, network);
        NetDevice[] devices = [.. network.Emulation.Nodes.SelectMany(n => n.Namespaces).SelectMany(s => s.Devices)];
        foreach (NetworkNamespace space in network.Emulation.Nodes.SelectMany(n => n.Namespaces))
        {
            space.WritableSettings.Tcp.EarlyDemux = offload;
        }

        foreach (NetDevice device in devices)
        {
            device.SegmentationOffload = offload;
        }

        using MemoryStream file = new();
        PacketCapture? packets = capture ? new PacketCapture(network.Emulation, file, leaveOpen: true) : null;
        foreach (NetDevice device in capture ? devices : [])
        {
            packets!.Add(device);
        }

        if (family == AddressFamily.IPv6)
        {
            // Addresses are tried before they are used (RFC 4862 section 5.4).
            network.RunSeconds(3);
        }

        List<Sink> sinks = [];
        List<Source> sources = [];
        foreach (((NetworkNamespace from, NetworkNamespace to, string address), int i) in flows.Select((f, i) => (f, i)))
        {
            Sink sink = new();
            Source source = new(TcpPair.Pattern(Length, i + 1));
            sinks.Add(sink);
            sources.Add(source);
            to.Tcp.Listen(default, (ushort)(1000 + i), sink, out _);
            from.Tcp.Connect(InternetAddress.Parse(address), (ushort)(1000 + i), StreamOptions.Default, source);
        }

        network.RunSeconds(20);
        Assert.All(sinks, s => Assert.Equal(Length, s.Count));
        packets?.Dispose();
        TcpTable[] tables = [.. network.Emulation.Nodes.SelectMany(n => n.Namespaces).Select(s => s.Tcp)];
        return new Outcome(
            network.Emulation.ComputeHash(),
            string.Join('\n', devices.Select(d =>
                $"{d.QualifiedName} {d.Counters.ReceivedPackets} {d.Counters.ReceivedBytes} {d.Counters.ReceiveDropped} "
                + $"{d.Counters.TransmittedPackets} {d.Counters.TransmittedBytes} {d.Counters.TransmitDropped}"))
                + string.Join('\n', tables.Select(t => $"{t.Counters.InSegs} {t.Counters.OutSegs} {t.Counters.RetransSegs} {t.Counters.Timeouts}")),
            $"{network.Emulation.Frames.Accounting.Sent}: "
                + string.Join(' ', network.Emulation.Frames.Accounting.Drops().Select(d => $"{d.Key}={d.Value}")),
            string.Join(' ', sinks.Select(s => s.Hash())),
            capture ? Convert.ToHexString(SHA256.HashData(file.ToArray())) : string.Empty,
            tables.Sum(t => t.SuperSegments));
    }

    private static List<(NetworkNamespace From, NetworkNamespace To, string Address)> Build(Scene scene, AddressFamily family, EmulatedNetwork network)
    {
        switch (scene)
        {
            case Scene.Loopback:
                Node alone = network.Host("alone");
                alone.Root.Loopback.SetMtu(1500);
                if (family == AddressFamily.IPv6)
                {
                    // A namespace speaks IPv6 once it has an address of it.
                    EmulatedNetwork.AddAddress(alone.Root, alone.Root.Loopback, "fd00::1/128");
                }

                return [(alone.Root, alone.Root, In(family, "127.0.0.1"))];
            case Scene.ShortQueue or Scene.Impaired or Scene.Hooked or Scene.Narrow:
                Node left = network.Host("left");
                Node middle = network.Router("middle");
                Node right = network.Host("right");
                LinkOptions link = new() { Delay = Duration.FromMicroseconds(200), RateBitsPerSecond = 200_000_000, QueueLimit = scene == Scene.ShortQueue ? 13 : 1000 };
                network.Join(left, In(family, "10.0.0.1/24"), middle, In(family, "10.0.0.254/24"), link);
                network.Join(middle, In(family, "10.1.0.254/24"), right, In(family, "10.1.0.1/24"), link, scene != Scene.Narrow ? 1500 : family == AddressFamily.IPv4 ? 900 : 1300);
                EmulatedNetwork.Route(left, family == AddressFamily.IPv4 ? "default" : "::/0", In(family, "10.0.0.254"));
                EmulatedNetwork.Route(right, family == AddressFamily.IPv4 ? "default" : "::/0", In(family, "10.1.0.254"));
                if (scene == Scene.Impaired)
                {
                    NetemOptions netem = new()
                    {
                        Delay = Duration.FromMilliseconds(1), Jitter = Duration.FromMicroseconds(50), Loss = uint.MaxValue / 100, Duplicate = uint.MaxValue / 50,
                    };
                    Assert.True(left.Root.FindDevice("eth0")!.WritableEgress().Install(new NetemDiscipline(netem)));
                }

                if (scene == Scene.Hooked)
                {
                    left.Root.WritableHooks().Add(family, HookPoint.Postrouting, 0, new SegmentFilter());
                    right.Root.WritableHooks().Add(family, HookPoint.LocalOut, 0, new SegmentFilter());
                }

                return [(left.Root, right.Root, In(family, "10.1.0.1")), (right.Root, left.Root, In(family, "10.0.0.1"))];
            default:
                return BuildBridges(scene, family, network);
        }
    }

    private static List<(NetworkNamespace From, NetworkNamespace To, string Address)> BuildBridges(Scene scene, AddressFamily family, EmulatedNetwork network)
    {
        Node host = network.Host("host");
        Node other = network.Host("other");
        BridgeDevice bridge = new(host.Root, "br0");
        bridge.SetUp(true);
        if (scene == Scene.Forgetful)
        {
            bridge.Fdb.SetAgeingTime(Duration.FromMicroseconds(20));
        }

        NetworkNamespace a = Pod(bridge, "a", In(family, "10.0.0.1/24"));
        BridgeDevice last = bridge;
        for (int i = 1; scene == Scene.Chain && i < 16; i++)
        {
            BridgeDevice next = new(host.Root, $"br{i}");
            next.SetUp(true);
            (VethDevice near, VethDevice far) = VethDevice.CreatePair(host.Root, $"n{i}", host.Root, $"f{i}");
            last.AddPort(near);
            next.AddPort(far);
            near.SetUp(true);
            far.SetUp(true);
            last = next;
        }

        NetworkNamespace b = Pod(last, "b", In(family, "10.0.0.2/24"));
        EthernetDevice uplink = new(host.Root, "uplink");
        EthernetDevice there = EmulatedNetwork.Device(other, In(family, "10.0.0.3/24"));
        bridge.AddPort(uplink);
        uplink.SetUp(true);
        network.Emulation.Connect(uplink, there, LinkOptions.Default with { QueueLimit = scene == Scene.Forgetful ? 7 : 1000 });
        return [(a, b, In(family, "10.0.0.2")), (b, other.Root, In(family, "10.0.0.3")), (other.Root, a, In(family, "10.0.0.1"))];
    }

    /// <summary>The same place in the other family: 10.1.0.2/24 is fd00:1::2/64.</summary>
    private static string In(AddressFamily family, string address)
    {
        if (family == AddressFamily.IPv4)
        {
            return address;
        }

        string[] numbers = address.Split('/')[0].Split('.');
        string length = address.Contains('/', StringComparison.Ordinal) ? "/64" : string.Empty;
        return numbers[0] == "127" ? "::1" : $"fd00:{numbers[1]}::{numbers[3]}{length}";
    }

    private static NetworkNamespace Pod(BridgeDevice bridge, string name, string address)
    {
        NetworkNamespace space = bridge.Node.AddNamespace(name);
        (VethDevice inside, VethDevice outside) = VethDevice.CreatePair(space, "eth0", bridge.Namespace, $"veth-{name}");
        EmulatedNetwork.AddAddress(space, inside, address);
        bridge.AddPort(outside);
        inside.SetUp(true);
        outside.SetUp(true);
        return space;
    }

    private sealed record Outcome(ulong Hash, string Counters, string Drops, string Received, string Captured, long Supers);

    /// <summary>Two hosts on a cable.</summary>
    private sealed class TcpPairOnLink
    {
        private readonly Node _client;

        public TcpPairOnLink()
        {
            _client = Network.Host("client");
            Server = Network.Host("server");
            Network.Join(_client, "10.0.0.1/24", Server, "10.0.0.2/24", new LinkOptions { Delay = Duration.FromMicroseconds(10) });
        }

        public EmulatedNetwork Network { get; } = new();

        public Node Server { get; }

        public void Start(long bytes)
        {
            Server.Root.Tcp.Listen(default, 1000, new Sink(), out _);
            _client.Root.Tcp.Connect(InternetAddress.Parse("10.0.0.2"), 1000, StreamOptions.Default, new Source(new byte[bytes]));
        }
    }

    /// <summary>Writes all it has, then closes.</summary>
    private sealed class Source(byte[] content) : IByteStreamHandler
    {
        private int _written;

        public void OnConnected(IByteStream stream) => OnWritable(stream);

        public void OnReadable(IByteStream stream)
        {
        }

        public void OnWritable(IByteStream stream)
        {
            _written += stream.Write(content.AsSpan(_written));
            if (_written == content.Length)
            {
                stream.Close();
            }
        }

        public void OnClosed(IByteStream stream, StreamCloseReason reason)
        {
        }
    }

    private sealed class Sink : IByteStreamAcceptor, IByteStreamHandler
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly byte[] _buffer = new byte[10_000];

        public long Count { get; private set; }

        public string Hash() => Convert.ToHexString(_hash.GetHashAndReset());

        public IByteStreamHandler Accept(IByteStream stream) => this;

        public void OnConnected(IByteStream stream)
        {
        }

        public void OnReadable(IByteStream stream)
        {
            for (int count; (count = stream.Read(_buffer)) > 0;)
            {
                _hash.AppendData(_buffer.AsSpan(0, count));
                Count += count;
            }
        }

        public void OnWritable(IByteStream stream)
        {
        }

        public void OnClosed(IByteStream stream, StreamCloseReason reason)
        {
        }
    }
}
