using System.Collections.Generic;
using System.Linq;
using Netemu.Live.Tests.Behaviours;

namespace Netemu.Live.Tests.Differential;

/// <summary>
/// The kernel's netfilter and the engine's get the same random rule sets and the same packets: every rule and policy must
/// have counted the same packets and bytes, and the rules must be written back the same.
/// </summary>
[Trait("Category", "Live")]
public sealed class RuleSetTests
{
    private const int RuleSets = 24;
    private const int Packets = 300;

    [OnBoth]
    public void Every_rule_of_random_rule_sets_counts_as_the_kernels_does()
    {
        List<string> differences = [];
        int counted = 0;
        for (long seed = 1; seed <= RuleSets; seed++)
        {
            string rules = new RandomRules(seed).Take();
            byte[][] frames = [.. new RandomFlows(seed).Take(Packets)];
            IReadOnlyList<string> kernel = Observe(NetworkKind.Kernel, rules, frames);
            IReadOnlyList<string> engine = Observe(NetworkKind.Engine, rules, frames);
            counted += kernel.Count(line => line.StartsWith('[') && !line.StartsWith("[0:0]", System.StringComparison.Ordinal));
            differences.AddRange(kernel.Except(engine).Select(line => $"{seed} kernel: {line}"));
            differences.AddRange(engine.Except(kernel).Select(line => $"{seed} engine: {line}"));
        }

        Assert.True(counted > 8 * RuleSets, $"only {counted} rules matched anything");
        Assert.True(differences.Count == 0, string.Join('\n', differences.Take(60)));
    }

    private static List<string> Observe(NetworkKind kind, string rules, byte[][] frames)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();
        network.AddRoute("r", "10.128.0.0/9 via 10.1.0.1");
        network.SetSysctl("r", "icmp_ratemask", 0);
        network.SetSysctl("h2", "icmp_ratemask", 0);

        // Neighbours are known before the first packet is counted.
        network.Ping("h1", "10.2.0.1");
        network.RestoreRules("r", rules);
        network.SendAll("h1", "eth0", frames);
        string table = string.Empty;
        List<string> lines = [];
        foreach (string line in network.Rules("r"))
        {
            table = line[0] == '*' ? line : table;
            if (line[0] is '[' or ':')
            {
                lines.Add($"{line} {table}");
            }
        }

        return lines;
    }
}
