using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Netemu.Testing;

namespace Netemu.Tests;

/// <summary>BMP over emulated TCP (RFC 7854), read by somebody else's decoder.</summary>
public sealed class BmpCommandTests
{
    [ToolFact("tshark")]
    public void Wireshark_decodes_every_message_of_a_monitored_router()
    {
        string file = Path.GetTempFileName();
        try
        {
            CommandRun run = CommandRun.Of("run", Path.Combine(CommandRun.Catalog, "bgp-monitoring.yaml"), "-w", "-", "--capture", "station:eth0");
            Assert.True(run.ExitCode == 0, run.Error);
            File.WriteAllBytes(file, run.Bytes);

            // Then nothing is malformed, and no dissector warns of the station's connection.
            Assert.Empty(Tshark(file, "_ws.malformed || (bmp && _ws.expert.severity >= 6291456)"));

            // And every type is there but the last: the routers do not stop.
            string[] types = [.. Tshark(file, "bmp", "-T", "fields", "-e", "bmp.type").SelectMany(line => line.Split(',')).Distinct().Order()];
            Assert.Equal(["0", "1", "2", "3", "4"], types);

            // 192.0.2.0/24 is there before policy and after it, with what policy made of it; 198.51.100.0/24 before it only.
            Assert.Equal(["after", "before"], Feeds(file, "192.0.2.0"));
            Assert.Equal(["before"], Feeds(file, "198.51.100.0"));
            Assert.NotEmpty(Tshark(file, "bmp.peer.flags.post_policy == 1 && bgp.update.path_attribute.local_pref == 150"));
            Assert.NotEmpty(Tshark(file, "bmp && bgp.mp_reach_nlri_ipv6_prefix == 2001:db8:2::"));

            // The sessions ended by their NOTIFICATION (3), and by the link (2, event 18).
            string[] reasons = [.. Tshark(file, "bmp.type == 2", "-T", "fields", "-e", "bmp.peer.down.reason").SelectMany(line => line.Split(','))];
            Assert.Contains("3", reasons);
            Assert.Contains("2", reasons);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Where a prefix was announced: before policy, after it, or both.</summary>
    private static string[] Feeds(string file, string prefix)
    {
        string feed = "";
        SortedSet<string> feeds = new(StringComparer.Ordinal);
        foreach (string line in Tshark(file, "bmp.type == 0", "-V"))
        {
            feed = line.EndsWith("Post-policy: Set", StringComparison.Ordinal) ? "after"
                : line.EndsWith("Post-policy: Not set", StringComparison.Ordinal) ? "before"
                : feed;
            if (line == $"NLRI prefix: {prefix}")
            {
                feeds.Add(feed);
            }
        }

        return [.. feeds];
    }

    private static string[] Tshark(string file, string filter, params string[] more)
    {
        ExternalToolResult found = ExternalTool.Require("tshark").Run(["-r", file, "-d", "tcp.port==11019,bmp", "-Y", filter, .. more]);
        Assert.True(found.ExitCode == 0, found.Error);
        return found.Lines;
    }
}
