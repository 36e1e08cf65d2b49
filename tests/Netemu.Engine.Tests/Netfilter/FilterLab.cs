using System;
using System.Collections.Generic;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.Tests.Netfilter;

/// <summary>
/// client 10.0.0.2 -- 10.0.0.1 router 10.0.1.1 -- 10.0.1.2 server, in one node, with IPv6 (2001:db8:0::/64 and :1::/64)
/// beside it. The router filters. The server answers every datagram with "re:" and what it got.
/// </summary>
internal sealed class FilterLab : IUdpHandler, IPingHandler, IDisposable
{
    public const AddressFamily V4 = AddressFamily.IPv4;
    public const AddressFamily V6 = AddressFamily.IPv6;

    private readonly List<string> _events = [];

    public FilterLab()
    {
        Emulation = new Emulation(EmulationOptions.Default);
        Node = Emulation.AddNode("lab");
        Client = Node.AddNamespace("client");
        Router = Node.AddNamespace("router");
        Server = Node.AddNamespace("server");
        (ClientDevice, RouterLeft) = VethDevice.CreatePair(Client, "eth0", Router, "left");
        (ServerDevice, RouterRight) = VethDevice.CreatePair(Server, "eth0", Router, "right");
        foreach (NetworkNamespace space in (NetworkNamespace[])[Client, Router, Server])
        {
            space.Loopback.SetUp(true);
            space.WritableSettings.Default.AcceptDad = 0;
            space.IPv6.Enable();
        }

        Address(ClientDevice, "10.0.0.2/24", "2001:db8::2/64");
        Address(RouterLeft, "10.0.0.1/24", "2001:db8::1/64");
        Address(RouterRight, "10.0.1.1/24", "2001:db8:1::1/64");
        Address(ServerDevice, "10.0.1.2/24", "2001:db8:1::2/64");
        DefaultRoute(Client, ClientDevice, "10.0.0.1", "2001:db8::1");
        DefaultRoute(Server, ServerDevice, "10.0.1.1", "2001:db8:1::1");
        Router.SetForwarding(true);
        Router.SetForwardingIPv6(true);
        Emulation.FrameDropped = (space, _, reason) => Drops.Add((space.Name, reason));
        Run(3);
        Drops.Clear();
    }

    public Emulation Emulation { get; }

    public Node Node { get; }

    public NetworkNamespace Client { get; }

    public NetworkNamespace Router { get; }

    public NetworkNamespace Server { get; }

    public VethDevice ClientDevice { get; }

    public VethDevice ServerDevice { get; }

    public VethDevice RouterLeft { get; }

    public VethDevice RouterRight { get; }

    public PacketFilter Filter => Router.Netfilter;

    public List<(string Space, DropReason Reason)> Drops { get; } = [];

    /// <summary>What sockets were told since the last call, as `server:53 from 10.0.0.2:4000 text`.</summary>
    public string[] TakeEvents()
    {
        string[] taken = [.. _events];
        _events.Clear();
        return taken;
    }

    public static Chain Base(string name, params Rule[] rules) => new(name, [.. rules]);

    public static Rule Rule(RuleTarget? target, params RuleMatch[] matches) => new() { Matches = [.. matches], Target = target };

    public static RuleTarget Accept { get; } = new RuleTarget.Accept();

    public static RuleTarget Drop { get; } = new RuleTarget.Drop();

    public static InternetPrefix Net(string text) => InternetPrefix.Parse(text);

    public void Table(TableName table, params Chain[] chains) => Assert.Null(Filter.ReplaceTable(V4, table, chains));

    public void TableV6(TableName table, params Chain[] chains) => Assert.Null(Filter.ReplaceTable(V6, table, chains));

    public UdpSocket Open(NetworkNamespace space, ushort port)
    {
        UdpSocket? socket = space.Udp.Open(default, port, this, out Errno error);
        Assert.Equal(Errno.None, error);
        return socket!;
    }

    /// <summary>Sends a datagram and runs until the answer could have come.</summary>
    public void Send(UdpSocket socket, string address, ushort port, string text = "x", PacketTrace? trace = null)
    {
        socket.SendTo(InternetAddress.Parse(address), port, Encoding.ASCII.GetBytes(text), trace);
        Run(0);
    }

    public void Ping(NetworkNamespace space, string address, PingOptions? options = null, PacketTrace? trace = null)
    {
        PingSocket socket = new(space, this);
        socket.Send(InternetAddress.Parse(address), 1, options ?? PingOptions.Default, trace);
        Run(0);
        socket.Close();
    }

    /// <summary>Lets that many seconds pass, and 100 ms for what is in flight.</summary>
    public void Run(int seconds) => Emulation.RunUntil(Emulation.Now + Duration.FromMilliseconds((seconds * 1000) + 100));

    /// <summary>Frames ended or are held by somebody: none is lost.</summary>
    public void Dispose() => Assert.Equal(Emulation.CountHeldFrames(), Emulation.Frames.Outstanding);

    void IUdpHandler.OnDatagram(UdpSocket socket, InternetAddress from, ushort port, InternetAddress to, ReadOnlySpan<byte> payload)
    {
        string text = Encoding.ASCII.GetString(payload);
        _events.Add($"{socket.LocalPort} from {from}:{port} {text}");
        if (!text.StartsWith("re:", StringComparison.Ordinal))
        {
            socket.SendTo(from, port, Encoding.ASCII.GetBytes($"re:{text}"));
        }
    }

    void IUdpHandler.OnError(UdpSocket socket, IcmpError error) =>
        _events.Add($"{socket.LocalPort} error {error.Type}/{error.Code} from {error.From}");

    void IPingHandler.OnEchoReply(PingSocket socket, InternetAddress from, ushort sequence, byte ttl, int size) =>
        _events.Add($"echo from {from}");

    void IPingHandler.OnError(PingSocket socket, IcmpError error) =>
        _events.Add($"ping error {error.Type}/{error.Code} from {error.From}");

    private static void Address(NetDevice device, string v4, string v6)
    {
        device.SetUp(true);
        Assert.True(InterfaceAddress<IPv4Address>.TryParse(v4, out InterfaceAddress<IPv4Address> four));
        Assert.True(InterfaceAddress<IPv6Address>.TryParse(v6, out InterfaceAddress<IPv6Address> six));
        device.Namespace.IPv4.AddAddress(device, four);
        device.Namespace.IPv6.AddAddress(device, six);
    }

    private static void DefaultRoute(NetworkNamespace space, NetDevice device, string v4, string v6)
    {
        space.IPv4.Routes.Add(new Route<IPv4Address>
        {
            Prefix = Prefix<IPv4Address>.Default,
            NextHop = new NextHop<IPv4Address>(device, IPv4Address.Parse(v4), hasGateway: true),
        });
        space.IPv6.Routes.Add(new Route<IPv6Address>
        {
            Prefix = Prefix<IPv6Address>.Default,
            NextHop = new NextHop<IPv6Address>(device, IPv6Address.Parse(v6), hasGateway: true),
        });
    }
}
