using System;
using System.Collections.Generic;
using System.Linq;

namespace Netemu.Live.Tests.Behaviours;

/// <summary>The networks that most scenarios start from.</summary>
internal static class Labs
{
    /// <summary>h1 (10.0.0.1) and h2 (10.0.0.2) on one veth; MACs 02:00:00:00:01:01 and :02.</summary>
    public static void BuildPair(this IScenarioNetwork network)
    {
        network.AddNamespace("h1");
        network.AddNamespace("h2");
        network.AddVeth("h1", "eth0", "h2", "eth0");
        network.AddAddress("h1", "eth0", "10.0.0.1/24");
        network.AddAddress("h2", "eth0", "10.0.0.2/24");
    }

    /// <summary>
    /// h1 (10.1.0.1, 02:..:01:01), router r (10.1.0.254 on eth1, 02:..:01:02; 10.2.0.254 on eth2, 02:..:02:02), h2 (10.2.0.1,
    /// 02:..:02:01); both hosts have a default route.
    /// </summary>
    public static void BuildRouted(this IScenarioNetwork network)
    {
        network.AddNamespace("r", forwarding: true);
        for (int i = 1; i <= 2; i++)
        {
            network.AddNamespace($"h{i}");
            network.AddVeth($"h{i}", "eth0", "r", $"eth{i}");
            network.AddAddress($"h{i}", "eth0", $"10.{i}.0.1/24");
            network.AddAddress("r", $"eth{i}", $"10.{i}.0.254/24");
            network.AddRoute($"h{i}", $"default via 10.{i}.0.254");
        }
    }

    /// <summary>Hosts hn (10.0.0.n, 02:..:0n:01) at ports pn (02:..:0n:02) of the bridge br0 in b.</summary>
    public static void BuildBridged(this IScenarioNetwork network, int hosts = 3)
    {
        network.AddNamespace("b");
        network.AddBridge("b", "br0");
        for (int i = 1; i <= hosts; i++)
        {
            network.AddNamespace($"h{i}");
            network.AddVeth($"h{i}", "eth0", "b", $"p{i}");
            network.AddAddress($"h{i}", "eth0", $"10.0.0.{i}/24");
            network.Enslave("b", $"p{i}", "br0");
        }
    }

    /// <summary>Those of the frames that came in and hold <paramref name="word"/>.</summary>
    public static IEnumerable<string> Incoming(this IFrameWatch watch, string word) => watch.Frames()
        .Where(line => line.Contains(word, StringComparison.Ordinal) && !line.StartsWith("out ", StringComparison.Ordinal)
            && !line.Contains(" x out ", StringComparison.Ordinal));
}
