using System.Collections.Generic;
using System.Linq;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Ipvlan;
using Netemu.Engine.Devices.Macvlan;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Devices;

/// <summary>macvlan beside what the live suite compares with the kernel: who may share a parent, and what becomes of frames.</summary>
public sealed class MacvlanTests
{
    [Theory]
    [InlineData(MacvlanMode.Private, MacvlanMode.Passthru, Errno.EINVAL)]
    [InlineData(MacvlanMode.Passthru, MacvlanMode.Private, Errno.EINVAL)]
    [InlineData(MacvlanMode.Passthru, MacvlanMode.Passthru, Errno.EINVAL)]
    [InlineData(MacvlanMode.Bridge, MacvlanMode.Vepa, Errno.None)]
    [InlineData(MacvlanMode.Source, MacvlanMode.Bridge, Errno.None)]
    public void Passthru_has_no_company(MacvlanMode first, MacvlanMode second, Errno expected)
    {
        using EmulatedNetwork network = new();
        (Node host, EthernetDevice parent) = Host(network);
        Assert.NotNull(MacvlanDevice.Create(host.Root, "m1", parent, first, out _));
        MacvlanDevice? made = MacvlanDevice.Create(host.Root, "m2", parent, second, out Errno error);
        Assert.Equal((expected, expected == Errno.None), (error, made is not null));
    }

    [Fact]
    public void A_parent_belongs_to_one_of_bridge_macvlan_and_ipvlan()
    {
        using EmulatedNetwork network = new();
        (Node host, EthernetDevice parent) = Host(network);
        MacvlanDevice child = MacvlanDevice.Create(host.Root, "m1", parent, MacvlanMode.Bridge, out _)!;
        Assert.Null(IpvlanDevice.Create(host.Root, "i1", parent, IpvlanMode.L2, IpvlanIsolation.Bridge, out Errno busy));
        host.Root.Remove(child);
        Assert.NotNull(IpvlanDevice.Create(host.Root, "i1", parent, IpvlanMode.L2, IpvlanIsolation.Bridge, out Errno free));
        Assert.Null(MacvlanDevice.Create(host.Root, "m1", parent, MacvlanMode.Bridge, out Errno busyAgain));
        Assert.Equal((Errno.EBUSY, Errno.None, Errno.EBUSY), (busy, free, busyAgain));
    }

    [Fact]
    public void A_macvlan_on_a_macvlan_stands_on_the_real_device()
    {
        using EmulatedNetwork network = new();
        (Node host, EthernetDevice parent) = Host(network);
        MacvlanDevice first = MacvlanDevice.Create(host.Root, "m1", parent, MacvlanMode.Bridge, out _)!;
        Assert.Same(parent, MacvlanDevice.Create(host.Root, "m2", first, MacvlanMode.Bridge, out _)!.Parent);
        Assert.Null(MacvlanDevice.Create(host.Root, "m3", host.Root.Loopback, MacvlanMode.Bridge, out Errno error));
        Assert.Equal(Errno.EINVAL, error);
    }

    [Fact]
    public void A_broadcast_to_the_children_shares_its_bytes()
    {
        using EmulatedNetwork network = new();
        (Node host, EthernetDevice parent) = Host(network);
        List<FrameRecorder> seen = [];
        for (int i = 0; i < 8; i++)
        {
            MacvlanDevice child = MacvlanDevice.Create(host.Root, $"m{i}", parent, MacvlanMode.Bridge, out _)!;
            child.SetUp(true);
            seen.Add(new FrameRecorder(child));
        }

        SharingTap tap = new();
        host.Root.FindDevice("m3")!.AddTap(tap);
        Frame frame = network.Emulation.Frames.Rent(60);
        frame.Bytes.Clear();
        frame.Bytes[..6].Fill(0xFF);
        frame.Bytes[6] = 2;
        network.Emulation.FindNode("peer")!.Root.FindDevice("eth0")!.Transmit(frame);
        network.RunSeconds(1);
        Assert.All(seen, s => Assert.Single(s.Received));
        Assert.True(tap.Shared);
    }

    [Fact]
    public void Children_go_with_their_parent_whatever_namespace_they_are_in()
    {
        using EmulatedNetwork network = new();
        Node host = network.Host("h");
        BridgeDevice parent = new(host.Root, "br0");
        NetworkNamespace inside = host.AddNamespace("c");
        MacvlanDevice.Create(inside, "m1", parent, MacvlanMode.Bridge, out _);
        host.Root.Remove(parent);
        Assert.Equal(["lo"], inside.Devices.Select(d => d.Name));
    }

    [Fact]
    public void A_packet_forwarded_between_children_of_two_parents_costs_a_ttl_like_any_other()
    {
        using EmulatedNetwork network = new();
        Node router = network.Router("r");
        Node left = network.Host("a");
        Node right = network.Host("b");
        network.Join(left, "10.1.0.2/24", router, string.Empty);
        network.Join(right, "10.2.0.2/24", router, string.Empty);
        for (int i = 0; i < 2; i++)
        {
            MacvlanDevice child = MacvlanDevice.Create(router.Root, $"m{i}", router.Root.FindDevice($"eth{i}")!, MacvlanMode.Bridge, out _)!;
            EmulatedNetwork.AddAddress(router.Root, child, $"10.{i + 1}.0.1/24");
            child.SetUp(true);
        }

        EmulatedNetwork.Route(left, "default", "10.1.0.1");
        EmulatedNetwork.Route(right, "default", "10.2.0.1");
        PingRecorder ping = new(left);
        ping.Send("10.2.0.2");
        network.RunSeconds(1);
        Assert.Equal(["reply 10.2.0.2 ttl=63"], ping.Answers);
    }

    internal static (Node Host, EthernetDevice Parent) Host(EmulatedNetwork network)
    {
        Node host = network.Host("host");
        Node peer = network.Host("peer");
        network.Join(host, "10.0.0.10/24", peer, "10.0.0.1/24");
        return (host, (EthernetDevice)host.Root.FindDevice("eth0")!);
    }

    private sealed class SharingTap : IFrameTap
    {
        public bool Shared { get; private set; }

        public void Seen(Frame frame, NetDevice device, bool outgoing) => Shared |= (frame.Flags & FrameFlags.Shared) != 0;
    }
}
