using System;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Dhcp;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Dhcp;

/// <summary>Leases from the first broadcast to their end (RFC 2131), on the wire and in the tables.</summary>
public sealed class DhcpTests
{
    [Fact]
    public void A_client_gets_an_address_a_default_route_and_the_lowest_free_place()
    {
        using EmulatedNetwork network = new();
        Lab lab = new(network, clients: 2);
        network.RunSeconds(3);

        Assert.Equal(["10.0.0.100", "10.0.0.101"], lab.Clients.Select(c => c.Address.ToString()).Order(StringComparer.Ordinal));
        Assert.All(lab.Clients, c => Assert.Equal(DhcpClientState.Bound, c.State));
        Route<IPv4Address> route = lab.Hosts[0].Root.IPv4.Routes.Main.Find(Prefix<IPv4Address>.Default)!;
        Assert.Equal(RouteProtocol.Dhcp, route.Protocol);
        Assert.Equal(IPv4Address.Parse("10.0.0.1"), route.NextHop.Gateway);
        PingRecorder ping = new(lab.Hosts[0]);
        ping.Send("10.0.0.1");
        network.RunSeconds(1);
        Assert.Single(ping.Answers);
    }

    [Fact]
    public void The_four_messages_have_the_form_of_the_RFC()
    {
        using EmulatedNetwork network = new();
        Lab lab = new(network, clients: 1);
        FrameRecorder frames = new(lab.Hosts[0].Root.FindDevice("eth0")!);
        network.RunSeconds(3);

        RecordedFrame[] messages = [.. frames.Frames.Where(f => f.Bytes.Length > 14 + 28 + 240 && f.Bytes[23] == 17)];
        Assert.Equal([1, 2, 3, 5], messages.Select(f => (int)f.Bytes[14 + 28 + 242]));
        RecordedFrame discover = messages[0];
        MacAddress mac = lab.Hosts[0].Root.FindDevice("eth0")!.Mac;

        // From 0.0.0.0:68 to the broadcast, at least 300 bytes (RFC 1542), cookie, type, identifier 1 and the MAC.
        Assert.Equal("FFFFFFFFFFFF" + Convert.ToHexString(discover.Bytes[6..12]) + "0800", discover.Hex[..28]);
        Assert.Equal("00000000FFFFFFFF00440043", discover.Hex[52..76]);
        Assert.Equal("01010600", discover.Hex[84..92]);
        Assert.Equal("63825363" + "350101" + "3D0701" + mac.ToString().Replace(":", string.Empty, StringComparison.Ordinal).ToUpperInvariant(), discover.Hex[556..588]);
        Assert.True(discover.Bytes.Length >= 14 + 28 + 300);

        // The offer comes to the client's MAC and to the address that it does not have yet.
        RecordedFrame offer = messages[1];
        Assert.Equal(mac, MacAddress.Read(offer.Bytes));
        Assert.Equal("0A000064", offer.Hex[60..68]);
    }

    [Fact]
    public void A_lease_is_renewed_at_its_half_and_lost_when_the_server_has_gone()
    {
        using EmulatedNetwork network = new();
        Lab lab = new(network, clients: 1, lease: 120);
        network.RunSeconds(3);
        SimTime first = lab.Clients[0].Expires;
        network.RunSeconds(60);
        Assert.True(lab.Clients[0].Expires > first);

        // T2 at seven eighths asks everybody, the end takes address and route.
        FrameRecorder frames = new(lab.Hosts[0].Root.FindDevice("eth0")!);
        network.Emulation.AtBarrier(network.Now, lab.Server.Stop);
        network.RunSeconds(110);
        Assert.Equal(DhcpClientState.Rebinding, lab.Clients[0].State);
        Assert.Contains(frames.Sent, f => f.Bytes.Length > 300 && MacAddress.Read(f.Bytes).IsBroadcast && f.Bytes[23] == 17);
        network.RunSeconds(15);
        Assert.Equal(default, lab.Clients[0].Address);
        Assert.DoesNotContain(lab.Hosts[0].Root.IPv4.Addresses, a => !a.Device.IsLoopback);
        Assert.Null(lab.Hosts[0].Root.IPv4.Routes.Main.Find(Prefix<IPv4Address>.Default));
    }

    [Fact]
    public void A_released_address_goes_to_its_client_again_and_an_exhausted_pool_is_silent()
    {
        using EmulatedNetwork network = new();
        Lab lab = new(network, clients: 3, last: "10.0.0.101");
        network.RunSeconds(8);
        Assert.Equal(2, lab.Clients.Count(c => c.State == DhcpClientState.Bound));
        DhcpClient happy = lab.Clients.First(c => c.State == DhcpClientState.Bound);
        network.Emulation.AtBarrier(network.Now, happy.Release);
        network.RunSeconds(70);
        Assert.Equal(2, lab.Server.Leases.Count());
        Assert.Equal(2, lab.Clients.Count(c => c.State == DhcpClientState.Bound));
    }

    [Fact]
    public void Two_clients_with_one_identifier_are_one_client_whatever_their_MACs()
    {
        using EmulatedNetwork network = new();
        Lab lab = new(network, clients: 2, identifier: "same");
        network.RunSeconds(5);
        Assert.Single(lab.Server.Leases);
        Assert.Single(lab.Clients.Select(c => c.Address).Distinct());
    }

    [Fact]
    public void A_client_that_asks_for_what_it_was_never_given_is_refused()
    {
        using EmulatedNetwork network = new();
        Lab lab = new(network, clients: 1);
        network.RunSeconds(3);
        NetDevice device = lab.Hosts[0].Root.FindDevice("eth0")!;
        FrameRecorder frames = new(device);
        byte[] buffer = new byte[400];
        DhcpMessage.WriteFixed(buffer, DhcpMessage.BootRequest, 7, 0, true, default, default, MacAddress.Parse("02:00:00:00:99:99"));
        DhcpWriter writer = new(buffer, DhcpMessageType.Request);
        writer.Add(DhcpOption.RequestedAddress, IPv4Address.Parse("10.9.9.9"));
        int length = writer.Finish();
        network.Emulation.AtBarrier(
            network.Now,
            () => DhcpDatagrams.Send(device, MacAddress.Broadcast, default, IPv4Address.Broadcast, 68, 67, buffer.AsSpan(0, length)));
        network.RunSeconds(1);
        Assert.Contains(frames.Received, f => f.Bytes.Length > 300 && f.Bytes[14 + 28 + 242] == (byte)DhcpMessageType.Nak);
    }

    [Fact]
    public void Cut_off_and_random_messages_are_errors_and_never_more()
    {
        byte[] whole = new byte[300];
        DhcpMessage.WriteFixed(whole, DhcpMessage.BootRequest, 1, 0, false, default, default, MacAddress.Parse("02:00:00:00:00:01"));
        DhcpWriter writer = new(whole, DhcpMessageType.Discover);
        writer.Add(DhcpOption.ClientIdentifier, [1, 2, 3]);
        writer.Finish();
        Assert.Equal(WireError.None, DhcpMessage.TryParse(whole, out DhcpMessage message));
        Assert.Equal(DhcpMessageType.Discover, message.Type);
        for (int length = 0; length < DhcpMessage.FixedSize; length++)
        {
            Assert.Equal(WireError.Truncated, DhcpMessage.TryParse(whole.AsSpan(0, length), out _));
        }

        Assert.Equal(WireError.BadLength, DhcpMessage.TryParse(whole.AsSpan(0, DhcpMessage.FixedSize + 5), out _));
        Random random = new(1);
        for (int i = 0; i < 10_000; i++)
        {
            random.NextBytes(whole.AsSpan(DhcpMessage.FixedSize));
            if (DhcpMessage.TryParse(whole, out DhcpMessage parsed) == WireError.None)
            {
                _ = parsed.Type;
                _ = parsed.Address(DhcpOption.Router);
            }
        }
    }

    /// <summary>A server at 10.0.0.1 and clients, all at one bridge.</summary>
    private sealed class Lab
    {
        public Lab(EmulatedNetwork network, int clients, long lease = 3600, string last = "10.0.0.200", string? identifier = null)
        {
            Node bridge = network.Host("lan");
            BridgeDevice lan = new(bridge.Root, "br0");
            lan.SetUp(true);
            Node server = network.Host("server");
            Plug(network, lan, server, "10.0.0.1/24");
            Server = DhcpServer.Start(
                server.Root.FindDevice("eth0")!,
                new DhcpServerOptions
                {
                    First = IPv4Address.Parse("10.0.0.100"),
                    Last = IPv4Address.Parse(last),
                    Router = IPv4Address.Parse("10.0.0.1"),
                    Lease = Duration.FromSeconds(lease),
                })!;
            Hosts = new Node[clients];
            Clients = new DhcpClient[clients];
            for (int i = 0; i < clients; i++)
            {
                Hosts[i] = network.Host($"h{i}");
                Plug(network, lan, Hosts[i], string.Empty);
                Clients[i] = DhcpClient.Start(Hosts[i].Root.FindDevice("eth0")!, identifier);
            }
        }

        public DhcpServer Server { get; }

        public Node[] Hosts { get; }

        public DhcpClient[] Clients { get; }

        private static void Plug(EmulatedNetwork network, BridgeDevice lan, Node node, string address)
        {
            network.Join(node, address, lan.Node, string.Empty);
            lan.AddPort(lan.Namespace.Devices[^1]);
        }
    }
}
