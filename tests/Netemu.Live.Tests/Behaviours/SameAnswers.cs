using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Netemu.Live.Tests.Behaviours;

/// <summary>
/// Runs a list of commands on both networks and holds the answers against each other: output, exit code and error. A host n
/// has the veths eth0 (02:00:00:00:01:01, to far0 in f) and eth1 (02:00:00:00:02:01, to far1).
/// </summary>
internal static partial class SameAnswers
{
    public static void Check(IEnumerable<string> commands)
    {
        using IScenarioNetwork kernel = ScenarioNetwork.Open(NetworkKind.Kernel);
        using IScenarioNetwork engine = ScenarioNetwork.Open(NetworkKind.Engine);
        List<string> expected = [];
        List<string> actual = [];
        foreach (IScenarioNetwork network in new[] { kernel, engine })
        {
            network.AddNamespace("n");
            network.AddNamespace("f");
            network.AddVeth("n", "eth0", "f", "far0");
            network.AddVeth("n", "eth1", "f", "far1");
            network.AddAddress("n", "eth0", "10.0.0.1/24");
            List<string> lines = ReferenceEquals(network, kernel) ? expected : actual;
            lines.AddRange(commands.Select(c => $"{c}\n  {Normalise(network.Command("n", c))}"));
        }

        Assert.Equal(string.Join('\n', expected), string.Join('\n', actual));
    }

    /// <summary>Leaves out what depends on the machine: limits of offloads, and numbers of queues and interfaces.</summary>
    private static string Normalise(string answer)
    {
        string text = Offloads().Replace(answer, string.Empty);
        text = OffloadMembers().Replace(text, string.Empty);
        text = InterfaceMember().Replace(text, string.Empty);
        return InterfaceNumber().Replace(text, string.Empty).TrimEnd();
    }

    [GeneratedRegex(" (gso|gro|tso)_[a-z0-9_]+ \\d+")]
    private static partial Regex Offloads();

    [GeneratedRegex(",\"(gso|gro|tso)_[a-z0-9_]+\":\\d+")]
    private static partial Regex OffloadMembers();

    [GeneratedRegex("\"ifindex\":\\d+,")]
    private static partial Regex InterfaceMember();

    [GeneratedRegex("^\\d+: (?=[a-z])", RegexOptions.Multiline)]
    private static partial Regex InterfaceNumber();
}
