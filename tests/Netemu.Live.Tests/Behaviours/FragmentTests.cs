using System;
using Netemu.Core.Wire;

namespace Netemu.Live.Tests.Behaviours;

/// <summary>Reassembly of fragments that are sent by hand: an echo request of 48 bytes in three parts of 16.</summary>
[Trait("Category", "Live")]
public sealed class FragmentTests
{
    private const string EchoReply =
        "in 02:00:00:00:01:02 > 02:00:00:00:01:01 10.0.0.2 > 10.0.0.1 icmp 0/0 ttl 64 size 68";

    [Theory, OnEngine, OnKernel]
    public void Fragments_are_put_together_in_any_order(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        using IFrameWatch watch = network.Watch("h1", "eth0");

        Send(network, 32, 16);
        Send(network, 0, 16);
        Send(network, 16, 16);

        Assert.Equal([EchoReply], watch.Incoming("icmp"));
    }

    [Theory, OnEngine, OnKernel]
    public void An_exact_duplicate_is_tolerated(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        using IFrameWatch watch = network.Watch("h1", "eth0");

        Send(network, 0, 16);
        Send(network, 0, 16);
        Send(network, 16, 16);
        Send(network, 32, 16);

        Assert.Equal([EchoReply], watch.Incoming("icmp"));
    }

    [Theory, OnEngine, OnKernel]
    public void An_overlap_discards_everything(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        using IFrameWatch watch = network.Watch("h1", "eth0");

        Send(network, 0, 16);
        Send(network, 8, 16);
        Send(network, 16, 16);
        Send(network, 32, 16);

        Assert.Empty(watch.Incoming("icmp"));
    }

    [Theory, OnEngine, OnKernel]
    public void Giving_up_is_reported_if_the_first_fragment_came(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        using IFrameWatch watch = network.Watch("h1", "eth0");

        Send(network, 0, 16);
        network.ExpireFragments();

        Assert.Equal(
            ["in 02:00:00:00:01:02 > 02:00:00:00:01:01 10.0.0.2 > 10.0.0.1 icmp 11/1 ttl 64 size 64"], watch.Incoming("icmp"));
    }

    [Theory, OnEngine, OnKernel]
    public void Giving_up_is_silent_if_the_first_fragment_is_missing(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        using IFrameWatch watch = network.Watch("h1", "eth0");

        Send(network, 16, 16);
        Send(network, 32, 16);
        network.ExpireFragments();

        Assert.Empty(watch.Incoming("icmp"));
    }

    private static void Send(IScenarioNetwork network, int offset, int length)
    {
        byte[] message = Packets.Echo(size: 40);
        ushort more = offset + length < message.Length ? IPv4Header.MoreFragmentsFlag : (ushort)0;
        network.Send("h1", "eth0", Packets.IPv4(
            "02:00:00:00:01:02", "02:00:00:00:01:01", "10.0.0.1", "10.0.0.2", IPProtocol.Icmp,
            message.AsSpan(offset, length), flagsAndOffset: (ushort)(more | (offset / 8))));
    }
}
