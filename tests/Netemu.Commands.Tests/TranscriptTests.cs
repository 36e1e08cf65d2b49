using System.Collections.Generic;
using Netemu.Commands.Shell;

namespace Netemu.Commands.Tests;

/// <summary>The same commands one after another, on Linux and here: output, errors and exit codes are the same.</summary>
public sealed class TranscriptTests
{
    [Theory]
    [InlineData("link")]
    [InlineData("details")]
    [InlineData("flags")]
    [InlineData("flush")]
    [InlineData("address")]
    [InlineData("route")]
    [InlineData("neighbour")]
    [InlineData("bridge")]
    [InlineData("sysctl")]
    [InlineData("tc")]
    [InlineData("rule")]
    [InlineData("nexthop")]
    [InlineData("routeget")]
    [InlineData("via")]
    [InlineData("ip6")]
    [InlineData("maddr")]
    [InlineData("odds")]
    [InlineData("showfilter")]
    [InlineData("routedetail")]
    [InlineData("netns")]
    [InlineData("invarg")]
    [InlineData("iptmatch")]
    [InlineData("iptables")]
    [InlineData("fdb")]
    [InlineData("carrier")]
    [InlineData("neighwords")]
    [InlineData("routeplace")]
    [InlineData("addrwords")]
    public void Commands_print_what_the_real_tools_print(string name)
    {
        // Given a new machine.
        Machine machine = new();
        List<string> differences = [];

        // When the recorded commands run one after another.
        foreach (Transcript.Entry entry in Transcript.Read(name))
        {
            CommandResult result = machine.Run("m", entry.Command);
            string expected = $"{entry.Output}{entry.Errors}? {entry.Exit}";
            string actual = $"{result.Stdout}{Machine.WithoutHints(result.Stderr)}? {result.Exit}";
            if (expected != actual)
            {
                differences.Add($"$ {entry.Command}\n--- expected\n{expected}\n--- actual\n{actual}");
            }
        }

        // Then each has printed what was recorded.
        Assert.True(differences.Count == 0, string.Join("\n\n", differences));
        Assert.Equal(0, machine.Emulation.Frames.Outstanding);
    }
}
