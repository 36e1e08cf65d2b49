using System;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.IPv4;

/// <summary>ARP as net/ipv4/arp.c answers, learns and keeps silent.</summary>
public sealed class ArpTests
{
    private static readonly MacAddress _asker = new(0x0200_0000_0099);

    [Fact]
    public void Any_local_address_is_answered_on_any_device()
    {
        using Segment segment = new();
        EmulatedNetwork.AddAddress(segment.Host.Root, segment.Host.Root.Loopback, "192.0.2.7/32");
        Assert.Equal("192.0.2.7", segment.Ask("10.0.0.9", "192.0.2.7"));
    }

    [Theory]
    [InlineData(1, "192.0.2.7", null)]
    [InlineData(1, "10.0.0.1", "10.0.0.1")]
    [InlineData(8, "10.0.0.1", null)]
    public void Arp_ignore_narrows_it(byte ignore, string target, string? answer)
    {
        using Segment segment = new();
        EmulatedNetwork.AddAddress(segment.Host.Root, segment.Host.Root.Loopback, "192.0.2.7/32");
        segment.Host.Root.WritableSettings.All.ArpIgnore = ignore;
        Assert.Equal(answer, segment.Ask("10.0.0.9", target));
    }

    [Fact]
    public void A_request_to_us_creates_a_stale_entry()
    {
        using Segment segment = new();
        segment.Ask("10.0.0.9", "10.0.0.1");
        NeighbourEntry<IPv4Address> entry = segment.Host.Root.IPv4.Neighbours.Find(segment.Device, IPv4Address.Parse("10.0.0.9"))!;
        Assert.Equal(NudState.Stale, entry.State);
        Assert.Equal(_asker, entry.Mac);
    }

    [Fact]
    public void A_probe_is_answered_and_not_learned()
    {
        using Segment segment = new();
        Assert.Equal("10.0.0.1", segment.Ask("0.0.0.0", "10.0.0.1"));
        Assert.Equal(0, segment.Host.Root.IPv4.Neighbours.Count);
    }

    [Fact]
    public void An_unsolicited_reply_creates_nothing()
    {
        using Segment segment = new();
        segment.Send(ArpOperation.Reply, "10.0.0.9", "10.0.0.1", segment.Device.Mac);
        Assert.Equal(0, segment.Host.Root.IPv4.Neighbours.Count);
        Assert.Equal(1, segment.Host.Root.Drops(DropReason.ArpNotForUs));
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "169.254.1.1")]
    public void Proxy_arp_answers_for_169_254_1_1_only_if_the_host_has_a_route_to_it(bool hasDefault, string? answer)
    {
        // Calico's wiring: the pod asks for 169.254.1.1, which nobody owns.
        using Segment segment = new();
        segment.Host.Root.SetForwarding(true);
        segment.Host.Root.WritableSettingsOf(segment.Device).ProxyArp = true;
        segment.Host.Root.WritableSettingsOf(segment.Device).ProxyDelay = 0;
        if (hasDefault)
        {
            segment.Network.Join(segment.Host, "10.9.0.1/24", segment.Network.Router("up"), "10.9.0.2/24");
            EmulatedNetwork.Route(segment.Host, "default", "10.9.0.2");
        }

        Assert.Equal(answer, segment.Ask("10.0.0.9", "169.254.1.1"));
    }

    [Fact]
    public void Proxy_arp_keeps_silent_if_the_route_leads_back()
    {
        using Segment segment = new();
        segment.Host.Root.SetForwarding(true);
        segment.Host.Root.WritableSettingsOf(segment.Device).ProxyArp = true;
        Assert.Null(segment.Ask("10.0.0.9", "10.0.0.77"));
    }

    [Fact]
    public void An_own_address_that_asks_is_a_martian()
    {
        using Segment segment = new();
        Assert.Null(segment.Ask("10.0.0.1", "10.0.0.1"));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 2)]
    public void A_device_that_comes_up_or_has_a_new_MAC_announces_its_addresses_if_arp_notify_says_so(bool notify, int announcements)
    {
        using Segment segment = new();
        segment.Host.Root.WritableSettings.All.ArpNotify = notify;

        segment.Device.SetUp(false);
        segment.Network.RunSeconds(1);
        segment.Forget();
        segment.Device.SetUp(true);
        segment.Network.RunSeconds(1);
        segment.Device.SetMac(_asker);
        segment.Network.RunSeconds(1);

        Assert.Equal(announcements, segment.Count("10.0.0.1", "10.0.0.1"));
    }

    [Fact]
    public void A_state_that_asks_begins_at_once_when_it_is_set_by_hand()
    {
        using Segment segment = new();
        NeighbourTable<IPv4Address> table = segment.Host.Root.IPv4.Neighbours;
        NeighbourEntry<IPv4Address> entry = table.Set(segment.Device, IPv4Address.Parse("10.0.0.9"), _asker, NudState.Probe);

        segment.Network.Run(Duration.FromMilliseconds(2500));
        Assert.Equal(3, segment.Count("10.0.0.1", "10.0.0.9"));
        Assert.Equal(NudState.Probe, entry.State);

        segment.Network.RunSeconds(1);
        Assert.Equal(NudState.Failed, entry.State);
    }

    [Fact]
    public void Solicitations_are_as_many_and_as_far_apart_as_the_device_says()
    {
        using Segment segment = new();
        InterfaceSettings settings = segment.Host.Root.WritableSettingsOf(segment.Device);
        settings.NeighboursIPv4 = settings.NeighboursIPv4 with { MulticastSolicit = 5, RetransmitTime = 100 };
        segment.Host.Root.IPv4.Neighbours.Use(segment.Device, IPv4Address.Parse("10.0.0.9"));

        segment.Network.Run(Duration.FromMilliseconds(450));
        Assert.Equal(5, segment.Count("10.0.0.1", "10.0.0.9"));
        segment.Network.Run(Duration.FromMilliseconds(100));
        Assert.Equal(NudState.Failed, segment.Host.Root.IPv4.Neighbours.Find(segment.Device, IPv4Address.Parse("10.0.0.9"))!.State);
    }

    [Fact]
    public void Malformed_packets_are_counted_whatever_their_length()
    {
        using Segment segment = new();
        byte[] whole = new byte[EthernetHeader.Size + ArpPacket.Size];
        EthernetHeader.Write(whole, MacAddress.Broadcast, _asker, EtherType.Arp);
        ArpPacket.Write(whole.AsSpan(EthernetHeader.Size), ArpOperation.Request, _asker, IPv4Address.Parse("10.0.0.9"), default, IPv4Address.Parse("10.0.0.1"));
        for (int length = 0; length < whole.Length; length++)
        {
            segment.Transmit(whole.AsSpan(0, length));
        }

        Assert.Equal(whole.Length, segment.Host.Root.Drops(DropReason.ArpMalformed) + segment.Host.Root.Drops(DropReason.MalformedFrame));
    }

    private sealed class Segment : IDisposable
    {
        private readonly EthernetDevice _far;
        private readonly FrameRecorder _seen;
        private int _forgotten;

        public Segment()
        {
            Network = new EmulatedNetwork();
            Host = Network.Host("h");
            Link link = Network.Join(Host, "10.0.0.1/24", Network.Emulation.AddNode("wire"), "");
            Device = link.A;
            _far = link.B;
            _seen = new FrameRecorder(_far);
        }

        public EmulatedNetwork Network { get; }

        public Node Host { get; }

        public EthernetDevice Device { get; }

        /// <summary>Asks for an address; the address that was answered for, or null.</summary>
        public string? Ask(string source, string target)
        {
            int before = _seen.Received.Count;
            Send(ArpOperation.Request, source, target, MacAddress.Broadcast);
            RecordedFrame? reply = _seen.Received.Skip(before).FirstOrDefault(f => f.Bytes[21] == (byte)ArpOperation.Reply);
            return reply is null ? null : IPv4Address.Read(reply.Bytes.AsSpan(EthernetHeader.Size + 14)).ToString();
        }

        public void Forget() => _forgotten = _seen.Received.Count;

        /// <summary>How many requests of a sender for a target have been seen.</summary>
        public int Count(string sender, string target) => _seen.Received.Skip(_forgotten).Count(f =>
            f.Bytes[13] == 0x06 && f.Bytes[21] == (byte)ArpOperation.Request
            && IPv4Address.Read(f.Bytes.AsSpan(EthernetHeader.Size + 14)).ToString() == sender
            && IPv4Address.Read(f.Bytes.AsSpan(EthernetHeader.Size + 24)).ToString() == target);

        public void Send(ArpOperation operation, string source, string target, MacAddress destination)
        {
            byte[] bytes = new byte[EthernetHeader.Size + ArpPacket.Size];
            EthernetHeader.Write(bytes, destination, _asker, EtherType.Arp);
            ArpPacket.Write(bytes.AsSpan(EthernetHeader.Size), operation, _asker, IPv4Address.Parse(source), default, IPv4Address.Parse(target));
            Transmit(bytes);
        }

        public void Transmit(ReadOnlySpan<byte> bytes)
        {
            _far.Transmit(Network.Emulation.Frames.Rent(bytes));
            Network.RunSeconds(1);
        }

        public void Dispose() => Network.Dispose();
    }
}
