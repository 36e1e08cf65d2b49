using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Wire;

namespace Netemu.Live.Tests.Behaviours;

/// <summary>Reverse path filter, martians, and unicast in broadcast frames, seen by what a router forwards.</summary>
[Trait("Category", "Live")]
public sealed class SourceValidationTests
{
    private const string Router = "02:00:00:00:01:02";
    private const string H1 = "02:00:00:00:01:01";

    [Theory, OnEngine, OnKernel]
    public void Without_a_filter_any_unicast_source_is_forwarded(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();

        Assert.Equal(["10.1.0.77", "10.2.0.77", "10.99.0.1"], Forwarded(network, "10.1.0.77", "10.2.0.77", "10.99.0.1"));
    }

    [Theory, OnEngine, OnKernel]
    public void The_strict_filter_passes_only_sources_that_lead_back(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();
        network.SetSysctl("r", "conf.eth1.rp_filter", 1);

        Assert.Equal(["10.1.0.77"], Forwarded(network, "10.1.0.77", "10.2.0.77", "10.99.0.1"));
    }

    [Theory, OnEngine, OnKernel]
    public void The_loose_filter_passes_every_source_that_has_a_route(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();
        network.SetSysctl("r", "conf.eth1.rp_filter", 2);

        Assert.Equal(["10.1.0.77", "10.2.0.77"], Forwarded(network, "10.1.0.77", "10.2.0.77", "10.99.0.1"));
    }

    [Theory, OnEngine, OnKernel]
    public void The_larger_of_all_and_the_interface_counts(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();
        network.SetSysctl("r", "conf.all.rp_filter", 1);
        Assert.Equal(["10.1.0.77"], Forwarded(network, "10.1.0.77", "10.2.0.77"));

        network.SetSysctl("r", "conf.eth1.rp_filter", 2);
        Assert.Equal(["10.1.0.77", "10.2.0.77"], Forwarded(network, "10.1.0.77", "10.2.0.77"));
    }

    [Theory, OnEngine, OnKernel]
    public void Martian_sources_are_dropped_silently(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();
        using IFrameWatch watch = network.Watch("h1", "eth0");

        Assert.Empty(Forwarded(network, "127.0.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "10.1.0.254", "10.2.0.254"));
        Assert.Empty(watch.Incoming("icmp"));
    }

    [Theory, OnEngine, OnKernel]
    public void Reserved_addresses_and_those_of_the_zero_net_are_no_martians(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();

        // Since Linux 5.3 only 0.0.0.0 itself is of the zero net.
        Assert.Equal(["0.0.0.1", "240.0.0.1"], Forwarded(network, "0.0.0.1", "240.0.0.1"));

        Assert.Equal(["icmp 3/0 from 10.1.0.254"], network.Ping("h1", "240.0.0.1"));
    }

    [Theory, OnEngine, OnKernel]
    public void Unicast_in_a_broadcast_frame_is_answered_when_local_and_never_forwarded(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();
        using IFrameWatch near = network.Watch("h1", "eth0");
        using IFrameWatch far = network.Watch("h2", "eth0");

        network.Send("h1", "eth0", Packets.IPv4("ff:ff:ff:ff:ff:ff", H1, "10.1.0.1", "10.2.0.1", IPProtocol.Icmp, Packets.Echo()));
        Assert.Empty(far.Incoming("icmp"));
        network.Send("h1", "eth0", Packets.IPv4("ff:ff:ff:ff:ff:ff", H1, "10.1.0.1", "10.1.0.254", IPProtocol.Icmp, Packets.Echo()));

        Assert.Equal([$"in {Router} > {H1} 10.1.0.254 > 10.1.0.1 icmp 0/0 ttl 64 size 36"], near.Incoming("icmp"));
    }

    /// <summary>Those of the sources from which a packet of h1 to h2 arrives.</summary>
    private static IEnumerable<string> Forwarded(IScenarioNetwork network, params string[] sources)
    {
        using IFrameWatch watch = network.Watch("h2", "eth0");
        foreach (string source in sources)
        {
            network.Send("h1", "eth0", Packets.IPv4(Router, H1, source, "10.2.0.1", IPProtocol.Icmp, Packets.Echo()));
        }

        IReadOnlyList<string> lines = watch.Frames();
        return sources.Where(source => lines.Contains($"in 02:00:00:00:02:02 > 02:00:00:00:02:01 {source} > 10.2.0.1 icmp 8/0 ttl 63 size 36"));
    }
}
