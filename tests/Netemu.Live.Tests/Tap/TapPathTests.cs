using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Bridging;
using Netemu.Engine.Edges;
using Netemu.Engine.Links;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Live.Tests.Tap;

/// <summary>A kernel namespace in an emulated network: through five routers, and on one bridge with an emulated host.</summary>
[Trait("Category", "Live")]
public sealed class TapPathTests
{
    private const string Server = "10.9.0.2";
    private const int Routers = 5;

    /// <summary>Five links of 5 ms each way.</summary>
    private const double RoundTrip = 50;

    [RootFact("ping")]
    public void A_kernel_pings_through_five_routers_in_the_time_that_the_topology_takes()
    {
        using TapNetwork network = Chain(out _);

        ExternalToolResult ping = network.RunTool("ping", "-n", "-c", "10", "-i", "0.2", Server);

        Assert.True(ping.ExitCode == 0, ping.Output + ping.Error);
        double[] times = [.. ping.Lines.Where(l => l.Contains("time=", StringComparison.Ordinal)).Select(TimeOf)];
        Assert.Equal(10, times.Length);
        Assert.All(times, t => Assert.True(t >= RoundTrip, $"{t} ms is faster than the links"));
        Assert.True(times.Min() < RoundTrip + 20, $"the best of ten took {times.Min()} ms; {network.Pace.MaximumLag.Nanoseconds} ns behind");
        Assert.All(ping.Lines.Where(l => l.Contains("ttl=", StringComparison.Ordinal)), l => Assert.Contains($"ttl={64 - Routers} ", l, StringComparison.Ordinal));
    }

    [RootFact("traceroute")]
    public void A_kernel_traces_every_router_of_the_way()
    {
        using TapNetwork network = Chain(out _);

        ExternalToolResult trace = network.RunTool("traceroute", "-n", "-q", "1", "-w", "5", Server);

        string[] hops = [.. trace.Lines.Skip(1).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])];
        Assert.Equal(["10.1.0.1", "10.0.1.2", "10.0.2.2", "10.0.3.2", "10.0.4.2", Server], hops);
    }

    [RootFact]
    public void A_kernel_fetches_a_datagram_and_it_is_the_right_one()
    {
        using TapNetwork network = Chain(out Node server);
        EchoServer echo = new(server);
        byte[] request = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("netemu ", 100)));

        (byte[] answer, TimeSpan time) = network.RunWhile(() =>
        {
            using Socket socket = network.Socket(SocketType.Dgram, ProtocolType.Udp);
            socket.ReceiveTimeout = 10_000;
            socket.Connect(TapNetwork.EndPoint(Server, EchoServer.Port));
            byte[] buffer = new byte[2000];
            socket.Send(request);
            _ = socket.Receive(buffer);
            long start = Stopwatch.GetTimestamp();
            socket.Send(request);
            int length = socket.Receive(buffer);
            return (buffer[..length], Stopwatch.GetElapsedTime(start));
        });

        Assert.Equal(request, answer);
        Assert.True(time >= TimeSpan.FromMilliseconds(RoundTrip), $"{time} is faster than the links");
        Assert.Equal(2, echo.Count);
    }

    [RootFact]
    public void Udp_segmentation_of_the_kernel_arrives_as_datagrams_with_true_checksums()
    {
        using TapNetwork network = Chain(out Node server);
        EchoServer echo = new(server);
        byte[] payload = new byte[20_500];
        new Random(1).NextBytes(payload);

        int[] lengths = network.RunWhile(() =>
        {
            using Socket socket = network.Socket(SocketType.Dgram, ProtocolType.Udp);
            socket.ReceiveTimeout = 10_000;
            socket.ReceiveBufferSize = 1 << 20;
            socket.Connect(TapNetwork.EndPoint(Server, EchoServer.Port));

            // UDP_SEGMENT of linux/udp.h: the kernel hands the whole to the device.
            socket.SetRawSocketOption(17, 103, BitConverter.GetBytes(1000));
            socket.Send(payload);
            byte[] buffer = new byte[2000];
            return Enumerable.Range(0, 21).Select(_ => socket.Receive(buffer)).ToArray();
        });

        Assert.Equal([.. Enumerable.Repeat(1000, 20), 500], lengths);
        Assert.Equal(payload, echo.Received);
    }

    [RootFact("ping")]
    public void A_kernel_and_an_emulated_host_share_one_bridge()
    {
        using TapNetwork network = new();
        Node lan = network.Network.Host("lan");
        BridgeDevice bridge = new(lan.Root, "br0");
        bridge.SetUp(true);
        EdgeDevice tap = network.AttachTap(lan, string.Empty, "10.5.0.1/24", gateway: null);
        Link link = network.Network.Join(lan, string.Empty, network.Network.Host("h"), "10.5.0.2/24");
        bridge.AddPort(tap);
        bridge.AddPort(link.A);

        ExternalToolResult ping = network.RunTool("ping", "-n", "-c", "3", "-i", "0.2", "10.5.0.2");

        Assert.True(ping.ExitCode == 0, ping.Output + ping.Error);
        Assert.All(ping.Lines.Where(l => l.Contains("ttl=", StringComparison.Ordinal)), l => Assert.Contains("ttl=64 ", l, StringComparison.Ordinal));
        Assert.Equal(tap, bridge.Fdb.Find(MacAddress.Parse(TapNetwork.KernelMac))?.Port?.Device);
    }

    [RootFact("ping")]
    public void A_tun_carries_the_same_without_link_layer()
    {
        using TapNetwork network = new();
        Node node = network.Network.Host("h");
        network.AttachTap(node, "10.6.0.1/24", "10.6.0.2/24", gateway: null, bare: true);

        ExternalToolResult ping = network.RunTool("ping", "-n", "-c", "3", "-i", "0.2", "10.6.0.1");

        Assert.True(ping.ExitCode == 0, ping.Output + ping.Error);
        Assert.Equal(3, ping.Lines.Count(l => l.Contains("ttl=64 ", StringComparison.Ordinal)));
    }

    [RootFact("ping")]
    public void A_kernel_sees_no_carrier_while_the_emulated_side_is_down()
    {
        using TapNetwork network = new();
        EdgeDevice tap = network.AttachTap(network.Network.Host("h"), "10.7.0.1/24", "10.7.0.2/24", gateway: null);
        string Flags() => ExternalTool.Require("ip").Run("-n", network.Space.Name!, "-br", "link", "show", "tap0").Output;
        Assert.Contains("LOWER_UP", Flags(), StringComparison.Ordinal);

        tap.SetUp(false);

        Assert.Contains("NO-CARRIER", Flags(), StringComparison.Ordinal);
    }

    [RootFact("ping")]
    public void A_packet_socket_joins_an_interface_that_the_kernel_has_already()
    {
        // Given a veth of the kernel: one end has an address, an emulated host sits on the other.
        using TapNetwork network = new();
        network.Configure("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
        network.Configure("ip", "address", "add", "10.8.0.1/24", "dev", "v0");
        network.Configure("ip", "link", "set", "v0", "up");
        network.Configure("ip", "link", "set", "v1", "up");
        EdgeDevice device = network.AttachInterface(network.Network.Host("h"), "10.8.0.2/24", "v1");

        ExternalToolResult ping = network.RunTool("ping", "-n", "-c", "3", "-i", "0.2", "-s", "1400", "10.8.0.2");

        Assert.True(ping.ExitCode == 0, ping.Output + ping.Error);
        Assert.Equal(3, ping.Lines.Count(l => l.Contains("ttl=64 ", StringComparison.Ordinal)));
        Assert.True(device.Counters.ReceivedPackets >= 4);
    }

    [RootFact("ping")]
    public void A_recorded_live_run_is_the_same_run_again()
    {
        MemoryStream file = new();
        EdgeRecording recording = new(file);
        ulong live;
        using (TapNetwork network = Chain(out Node server))
        {
            _ = new EchoServer(server);
            ((EdgeDevice)network.Emulation.FindNode("r1")!.Root.FindDevice("tap0")!).Recording = recording;
            ExternalToolResult ping = network.RunTool("ping", "-n", "-c", "20", "-i", "0.01", Server);
            Assert.Equal(0, ping.ExitCode);
            recording.Write(new JournalEntry(JournalKind.Ended, network.Emulation.Now, network.Emulation.IsInstantOpen));
            live = network.Emulation.ComputeHash();
        }

        recording.Dispose();
        Assert.True(EdgeReplay.TryRead(new MemoryStream(file.ToArray()), out EdgeReplay replay, out string error), error);
        using EmulatedNetwork again = new();
        Node first = BuildChain(again, out Node target);
        _ = new EchoServer(target);
        EdgeDevice device = new(first.Root, "tap0");
        EmulatedNetwork.AddAddress(first.Root, device, "10.1.0.1/24");
        device.SetUp(true);
        device.Attach(replay.EdgeFor(device));
        Assert.True(replay.TryNext(out JournalEntry end));
        again.Emulation.RunUntil(end.At);

        Assert.Equal(live, again.Emulation.ComputeHash());
    }

    private static TapNetwork Chain(out Node server)
    {
        TapNetwork network = new();
        Node first = BuildChain(network.Network, out server);
        network.AttachTap(first, "10.1.0.1/24", "10.1.0.2/24", "10.1.0.1");
        return network;
    }

    private static Node BuildChain(EmulatedNetwork network, out Node server)
    {
        LinkOptions link = new() { Delay = Duration.FromMilliseconds(5) };
        Node[] routers = [.. Enumerable.Range(1, Routers).Select(i => network.Router($"r{i}"))];
        for (int i = 1; i < Routers; i++)
        {
            network.Join(routers[i - 1], $"10.0.{i}.1/24", routers[i], $"10.0.{i}.2/24", link);
        }

        server = network.Host("h");
        network.Join(routers[^1], "10.9.0.1/24", server, $"{Server}/24", link);
        EmulatedNetwork.Route(server, "default", "10.9.0.1");
        for (int i = 0; i < Routers; i++)
        {
            if (i + 1 < Routers)
            {
                EmulatedNetwork.Route(routers[i], "10.9.0.0/24", $"10.0.{i + 1}.2");
            }

            if (i > 0)
            {
                EmulatedNetwork.Route(routers[i], "10.1.0.0/24", $"10.0.{i}.1");
            }
        }

        return routers[0];
    }

    private static double TimeOf(string line)
    {
        string text = line[(line.IndexOf("time=", StringComparison.Ordinal) + 5)..];
        return double.Parse(text[..text.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }
}
