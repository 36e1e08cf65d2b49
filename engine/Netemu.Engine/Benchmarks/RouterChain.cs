using System;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Links;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Benchmarks;

/// <summary>
/// A host, a chain of IPv4 routers and a sink, on links of 50 us with rate and queue: the way that frames of 64 bytes take in
/// several benchmarks. What the routers do with them is the benchmark's.
/// </summary>
internal sealed class RouterChain
{
    private const int FrameLength = 64;

    /// <summary>The delay of each link.</summary>
    public static readonly Duration LinkDelay = Duration.FromMicroseconds(50);

    private static readonly LinkOptions s_link = new() { Delay = LinkDelay, RateBitsPerSecond = 100_000_000_000, QueueLimit = 1 << 20 };

    private readonly Node _source;
    private readonly Node _sink;
    private readonly EthernetDevice _uplink;

    /// <param name="emulation">Where it is built.</param>
    /// <param name="name">What its nodes' names end with.</param>
    /// <param name="length">The number of routers.</param>
    /// <param name="sink">What ends the frames.</param>
    /// <param name="configure">Is given each router, by its number, once it is connected to the one before, and its device to the next.</param>
    public RouterChain(Emulation emulation, string name, int length, FrameSink sink, Action<int, Node, EthernetDevice> configure)
    {
        _source = emulation.AddNode("source" + name);
        _uplink = new EthernetDevice(_source.Root, "eth0");
        _uplink.SetUp(true);
        EthernetDevice previous = _uplink;
        for (int i = 0; i < length; i++)
        {
            Node router = emulation.AddNode($"r{name}-{i}");
            router.Root.SetForwarding(true);
            EthernetDevice left = AddDevice(router, "eth0", Transfer(i, 2));
            EthernetDevice right = AddDevice(router, "eth1", Transfer(i + 1, 1));
            emulation.Connect(previous, left, s_link);
            configure(i, router, right);
            previous = right;
        }

        _sink = emulation.AddNode("sink" + name);
        emulation.Connect(previous, AddDevice(_sink, "eth0", Transfer(length, 2)), s_link);
        _sink.Root.WritableHooks().Add(AddressFamily.IPv4, HookPoint.Prerouting, -300, sink);
    }

    /// <summary>An end of a link: 1 is nearer to the source.</summary>
    public static IPv4Address Transfer(int link, int host) => new((uint)(0x0A00_0000 + (link * 4) + host));

    /// <summary>Sends <paramref name="prefix"/> on to the next router or to the sink.</summary>
    public static void AddRoute(int router, Node node, EthernetDevice right, Prefix<IPv4Address> prefix) =>
        node.Root.IPv4.Routes.Add(new Route<IPv4Address>
        {
            Prefix = prefix,
            NextHop = new NextHop<IPv4Address>(right, Transfer(router + 1, 2), hasGateway: true),
        });

    /// <summary>A link between the sink of this chain and the source of another, which no frame takes: both are one network then.</summary>
    public void Join(RouterChain next) =>
        _sink.Emulation.Connect(new EthernetDevice(_sink.Root, "next"), new EthernetDevice(next._source.Root, "previous"), s_link);

    /// <summary>Begins to send a UDP frame to each of the destinations in turn, for ever: a burst at each interval.</summary>
    public void Send(ReadOnlySpan<IPv4Address> destinations, int burst, Duration interval)
    {
        byte[][] frames = new byte[destinations.Length][];
        for (int i = 0; i < frames.Length; i++)
        {
            frames[i] = new byte[FrameLength];
            EthernetHeader.Write(frames[i], _uplink.Link!.B.Mac, _uplink.Mac, EtherType.IPv4);
            Span<byte> packet = frames[i].AsSpan(EthernetHeader.Size);
            IPv4Header.Write(
                packet, 0, packet.Length, 0, IPv4Header.DontFragmentFlag, 255, IPProtocol.Udp, Transfer(0, 1), destinations[i]);
            Span<byte> datagram = packet[IPv4Header.MinimumSize..];
            uint pseudo = InternetChecksum.PseudoHeader(Transfer(0, 1), destinations[i], IPProtocol.Udp, datagram.Length);
            UdpHeader.Write(datagram, (ushort)(1024 + i), 9, pseudo);
        }

        _source.Schedule(new FrameGenerator(_source, _uplink, frames, burst, interval), _source.Now);
    }

    private static EthernetDevice AddDevice(Node node, string name, IPv4Address address)
    {
        EthernetDevice device = new(node.Root, name);
        node.Root.IPv4.AddAddress(device, new InterfaceAddress<IPv4Address>(address, 30));
        device.SetUp(true);
        return device;
    }
}
