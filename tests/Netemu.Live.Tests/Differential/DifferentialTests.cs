using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Live.Tests.Behaviours;

namespace Netemu.Live.Tests.Differential;

/// <summary>
/// The kernel and the engine get the same random frames at the same router: what leaves towards either side, and what is
/// known afterwards, must be the same.
/// </summary>
[Trait("Category", "Live")]
public sealed class DifferentialTests
{
    [OnBoth]
    public void A_router_treats_random_packets_as_the_kernel_does()
    {
        for (long seed = 1; seed <= 4; seed++)
        {
            byte[][] frames = [.. new RandomPackets(seed).Take(400)];
            AssertSame(network => SendThrough(network, frames));
        }
    }

    [OnBoth]
    public void A_router_treats_random_ARP_as_the_kernel_does()
    {
        for (long seed = 1; seed <= 4; seed++)
        {
            byte[][] frames = [.. new RandomArp(seed).Take(200)];
            AssertSame(network => SendArp(network, frames));
        }
    }

    private static void AssertSame(Func<IScenarioNetwork, IReadOnlyList<string>> scenario)
    {
        IReadOnlyList<string> kernel = Observe(NetworkKind.Kernel, scenario);
        IReadOnlyList<string> engine = Observe(NetworkKind.Engine, scenario);
        Assert.NotEmpty(kernel);
        string[] differences = [.. kernel.Except(engine).Select(line => $"kernel: {line}"), .. engine.Except(kernel).Select(line => $"engine: {line}")];
        Assert.True(differences.Length == 0, string.Join('\n', differences));
    }

    private static IReadOnlyList<string> Observe(NetworkKind kind, Func<IScenarioNetwork, IReadOnlyList<string>> scenario)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        return scenario(network);
    }

    private static IReadOnlyList<string> SendThrough(IScenarioNetwork network, byte[][] frames)
    {
        network.BuildRouted();
        network.SetMtu("r", "eth2", 1000);
        network.SetMtu("h2", "eth0", 1000);
        network.AddRoute("r", "10.128.0.0/9 via 10.1.0.1");
        network.AddRoute("r", "unreachable 10.50.0.0/16");
        network.AddRoute("r", "prohibit 10.51.0.0/16");
        network.AddRoute("r", "blackhole 10.52.0.0/16");
        network.SetSysctl("r", "icmp_ratemask", 0);
        network.SetSysctl("h2", "icmp_ratemask", 0);
        network.Ping("h1", "10.2.0.1");
        using IFrameWatch near = network.Watch("h1", "eth0");
        using IFrameWatch far = network.Watch("h2", "eth0");
        network.SendAll("h1", "eth0", frames);
        return
        [
            .. near.Incoming(" ").Select(line => $"h1 {line}"),
            .. far.Incoming(" ").Select(line => $"h2 {line}"),
            .. network.Neighbours("r"),
        ];
    }

    private static IReadOnlyList<string> SendArp(IScenarioNetwork network, byte[][] frames)
    {
        network.BuildRouted();
        using IFrameWatch near = network.Watch("h1", "eth0");
        using IFrameWatch far = network.Watch("h2", "eth0");
        network.SendAll("h1", "eth0", frames);
        return
        [
            .. near.Incoming(" ").Select(line => $"h1 {line}"),
            .. far.Incoming(" ").Select(line => $"h2 {line}"),
            .. network.Neighbours("r"),
        ];
    }
}
