using System;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Testing;

namespace Netemu.Engine.Tests.IPv6;

/// <summary>Duplicate address detection and what stands around it (RFC 4862 section 5.4, RFC 7527, RFC 3590).</summary>
public sealed class DuplicateAddressTests
{
    [Fact]
    public void An_address_is_tentative_for_one_to_two_seconds_and_speaks_from_nowhere_meanwhile()
    {
        using EmulatedNetwork network = new();
        Node a = network.Host("a", detectsDuplicates: true);
        network.Join(a, "2001:db8::1/64", network.Host("b"), string.Empty);
        FrameRecorder frames = new(a.Device("eth0"));
        Assert.Equal(2, a.Root.IPv6.Pending);
        Assert.All(a.Root.IPv6.Addresses.Where(x => !x.Device.IsLoopback), x => Assert.True(x.IsTentative));
        Assert.Equal(
            Errno.EADDRNOTAVAIL,
            new PingRecorder(a).Send("2001:db8::2", new PingOptions { Source = InternetAddress.Parse("2001:db8::1") }));

        // The only address that may be used is loopback's: Linux takes it.
        Assert.Equal(IPv6Address.Loopback, a.Root.IPv6.RouteOutput(IPv6Address.Parse("2001:db8::2")).Source);

        network.RunSeconds(1);
        Assert.Equal(2, frames.SentIcmp().Count(f => f.StartsWith("135/0 :: > ff02::1:ff", StringComparison.Ordinal)));
        network.RunSeconds(2);
        Assert.All(a.Root.IPv6.Addresses, x => Assert.False(x.IsTentative));
        Assert.Equal(0, a.Root.IPv6.Pending);
    }

    // addrconf_dev_config asks for the kind of link layer, addrconf_dad_begin for IFF_NOARP.
    [Fact]
    public void A_dummy_has_a_link_local_address_and_asks_nobody_for_it()
    {
        using EmulatedNetwork network = new();
        Node a = network.Host("a", detectsDuplicates: true);
        a.Root.IPv6.Enable();
        DummyDevice dummy = new(a.Root, "d0");
        dummy.SetUp(true);
        DeviceAddress<IPv6Address> own = a.Root.IPv6.Addresses.Single(x => ReferenceEquals(x.Device, dummy));
        Assert.Equal(IPv6Address.LinkLocal(dummy.Mac), own.Address);
        Assert.False(own.IsTentative);
        Assert.Equal(0, a.Root.IPv6.Pending);
    }

    [Fact]
    public void A_probe_has_the_form_of_a_kernel_s()
    {
        using EmulatedNetwork network = new();
        Node a = network.Host("a", detectsDuplicates: true);
        network.Join(a, "2001:db8::1/64", network.Host("b"), string.Empty);
        FrameRecorder frames = new(a.Device("eth0"));
        network.RunSeconds(1);
        RecordedFrame probe = frames.Sent.Single(f => f.Hex.StartsWith("3333FF000001", StringComparison.Ordinal));

        // Recorded from Linux 6.18, but for MAC, checksum and nonce: hop limit 255, no flags, option 14 of one unit.
        Assert.Equal("86DD6000000000203AFF00000000000000000000000000000000FF0200000000000000000001FF000001", probe.Hex[24..108]);
        Assert.Equal("8700", probe.Hex[108..112]);
        Assert.Equal("0000000020010DB80000000000000000000000010E01", probe.Hex[116..160]);
        Assert.Equal(86, probe.Bytes.Length);
    }

    [Fact]
    public void An_address_that_another_node_has_stays_tentative_for_ever()
    {
        using EmulatedNetwork network = new();
        Node a = network.Host("a");
        Node b = network.Host("b", detectsDuplicates: true);
        network.Join(a, "2001:db8::1/64", b, "2001:db8::1/64");
        network.RunSeconds(4);
        DeviceAddress<IPv6Address> failed = b.Root.IPv6.Addresses.Single(x => x.Address == IPv6Address.Parse("2001:db8::1"));
        Assert.True(failed.IsDadFailed);
        Assert.True(failed.IsTentative);
        Assert.Equal(0, b.Root.IPv6.Pending);
        Assert.Null(b.Root.IPv6.Routes.Local.Find(Prefix<IPv6Address>.Parse("2001:db8::1/128")));
    }

    [Fact]
    public void Of_two_nodes_that_try_the_same_address_the_one_that_is_heard_first_wins()
    {
        using EmulatedNetwork network = new();
        Node a = network.Host("a", detectsDuplicates: true);
        Node b = network.Host("b", detectsDuplicates: true);
        network.Join(a, "2001:db8::1/64", b, "2001:db8::1/64");
        network.RunSeconds(4);
        Assert.Equal(1, new[] { a, b }.Sum(n => n.Root.IPv6.Addresses.Count(x => x.IsDadFailed)));
        Assert.Equal(1, new[] { a, b }.Count(n => n.Root.IPv6.IsLocal(IPv6Address.Parse("2001:db8::1"))));
    }

    [Fact]
    public void Without_carrier_an_address_waits_and_is_tried_when_the_cable_works()
    {
        using EmulatedNetwork network = new();
        Node a = network.Host("a", detectsDuplicates: true);
        EthernetDevice lonely = EmulatedNetwork.Device(a, "2001:db8::1/64");
        network.RunSeconds(5);
        Assert.Equal(0, a.Root.IPv6.Pending);
        Assert.True(a.Root.IPv6.Addresses.Single(x => x.Device == lonely).IsTentative);

        EthernetDevice other = EmulatedNetwork.Device(network.Host("b"), string.Empty);
        network.Emulation.Connect(lonely, other, Links.LinkOptions.Default);
        network.RunSeconds(3);
        Assert.Equal(2, a.Root.IPv6.Addresses.Count(x => x.Device == lonely && !x.IsTentative));
    }

    [Fact]
    public void A_solicitation_that_comes_back_with_the_own_nonce_is_no_duplicate()
    {
        using EmulatedNetwork network = new();
        Node a = network.Host("a", detectsDuplicates: true);
        Node mirror = network.Host("mirror");
        network.Join(a, "2001:db8::1/64", mirror, string.Empty);
        FrameRecorder frames = new(a.Device("eth0"));
        network.RunSeconds(1);
        foreach (RecordedFrame probe in frames.Sent.Where(f => IPv6Lab.MessageOf(f)[0] == 135).ToArray())
        {
            network.Emulation.AtBarrier(network.Now, () => mirror.Device("eth0").Transmit(network.Emulation.Frames.Rent(probe.Bytes)));
        }

        network.RunSeconds(3);
        Assert.DoesNotContain(a.Root.IPv6.Addresses, x => x.IsDadFailed);
    }

    [Fact]
    public void Groups_are_reported_from_nowhere_first_and_again_from_the_link_local_address()
    {
        using EmulatedNetwork network = new();
        Node a = network.Host("a", detectsDuplicates: true);
        network.Join(a, "2001:db8::1/64", network.Host("b"), string.Empty);
        FrameRecorder frames = new(a.Device("eth0"));
        network.RunSeconds(5);
        string local = a.LinkLocal("eth0");
        string[] reports = [.. frames.SentIcmp().Where(f => f.StartsWith("143/0", StringComparison.Ordinal))];
        Assert.Equal(["143/0 :: > ff02::16", $"143/0 {local} > ff02::16"], reports.Distinct());
        Assert.Equal(2, reports.Count(r => r.StartsWith($"143/0 {local}", StringComparison.Ordinal)));

        // Hop limit 1, a router alert, two records "change to exclude nothing": the solicited-node groups.
        byte[] last = frames.Sent.Last(f => IPv6Lab.MessageOf(f)[0] == 143).Bytes;
        Assert.Equal("3A00050200000100", Convert.ToHexString(last[54..62]));
        Assert.Equal(1, last[21]);
        byte[] message = last[62..];
        Assert.Equal(2, message[7]);
        Assert.Equal(4, message[8]);
        Assert.True(IPv6Address.Read(message.AsSpan(12)).IsSolicitedNode);
    }

    [Fact]
    public void A_device_that_goes_down_loses_its_addresses_and_keeps_them_when_only_the_carrier_goes()
    {
        using EmulatedNetwork network = new();
        Node a = network.Host("a");
        Node b = network.Host("b");
        network.Join(a, "2001:db8::1/64", b, "2001:db8::2/64");
        PingRecorder ping = new(a);
        ping.Send("2001:db8::2");
        network.RunSeconds(1);
        Assert.Single(ping.Answers);
        Assert.NotEmpty(a.Root.IPv6.Neighbours.Entries());

        network.Emulation.AtBarrier(network.Now, () => b.Device("eth0").SetUp(false));
        network.RunSeconds(1);
        Assert.Equal(2, a.Root.IPv6.Addresses.Count(x => !x.Device.IsLoopback));
        Assert.Single(b.Root.IPv6.Addresses);

        // neigh_carrier_down: what was learned over the link is forgotten.
        Assert.Empty(a.Root.IPv6.Neighbours.Entries());
    }
}
