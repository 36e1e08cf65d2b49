using System;
using System.IO;
using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Mrt;
using Netemu.Core.Addresses;
using Netemu.Testing;

namespace Netemu.Bgp.Tests;

/// <summary>MRT files (RFC 6396): ours, read back and by bgpdump.</summary>
public sealed class MrtTests
{
    private readonly Laboratory _lab = new();

    [Fact]
    public void A_table_that_is_dumped_and_fed_to_another_speaker_is_the_same_table()
    {
        BgpSpeaker r2 = TwoRoutersWithRoutes();
        using MemoryStream file = new();
        MrtTableDump.Write(r2, file);
        file.Position = 0;
        MrtRoute[] routes = [.. MrtReader.ReadRoutes(file)];

        BgpSpeaker fed = _lab.Add(9, 65009);
        foreach (MrtRoute route in routes)
        {
            Assert.True(fed.Announce(route.Prefix, route.Attributes));
        }

        Assert.Equal(
            r2.Paths(AddressFamily.IPv4).Concat(r2.Paths(AddressFamily.IPv6)).Select(Describe).Order(),
            fed.Paths(AddressFamily.IPv4).Concat(fed.Paths(AddressFamily.IPv6)).Select(Describe).Order());
        Assert.Equal(65001u, routes[0].PeerAs);

        static string Describe(BgpPath path) => $"{path.Prefix} {path.Attributes.AsPath.ToString()} {Convert.ToHexString(path.Attributes.Bytes)}";
    }

    [ToolFact("bgpdump")]
    public void Bgpdump_reads_our_table()
    {
        string file = Path.GetTempFileName();
        try
        {
            using (FileStream output = File.Create(file))
            {
                MrtTableDump.Write(TwoRoutersWithRoutes(), output);
            }

            ExternalToolResult result = ExternalTool.Require("bgpdump").Run("-m", file);
            Assert.Equal(0, result.ExitCode);
            Assert.Equal(
                [
                    "192.0.2.0/24|65001 4200000009|IGP|10.0.0.1|0|0|65001:7 65001:8|NAG||",
                    "198.51.100.0/25|65001|INCOMPLETE|10.0.0.1|0|0||NAG||",
                    "2001:db8::/32|65001|IGP|::|0|0||NAG||",
                ],
                result.Lines.Where(l => l.StartsWith("TABLE_DUMP2", StringComparison.Ordinal))
                    .Select(l => string.Join('|', l.Split('|').Skip(5))).Order());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [ToolFact("bgpdump")]
    public void Bgpdump_reads_what_a_speaker_has_heard()
    {
        string file = Path.GetTempFileName();
        try
        {
            using (FileStream output = File.Create(file))
            {
                BgpSpeaker r2 = _lab.Add(2, 65002, observer: new MrtMessageDump(output, _lab.Loop, 65002));
                BgpSpeaker r1 = _lab.Add(1, 65001);
                Laboratory.Join(r1, r2);
                r1.Announce(Laboratory.Originate("192.0.2.0/24"));
                _lab.StartAll();
                _lab.Run(3);
                r1.Withdraw(InternetPrefix.Parse("192.0.2.0/24"));
                _lab.Run(1);
            }

            ExternalToolResult result = ExternalTool.Require("bgpdump").Run("-m", file);
            Assert.Equal(0, result.ExitCode);
            Assert.Contains(result.Lines, l => l.StartsWith("BGP4MP|", StringComparison.Ordinal)
                && l.Contains("|A|10.0.0.1|65001|192.0.2.0/24|65001|IGP|10.0.0.1|", StringComparison.Ordinal));
            Assert.Contains(result.Lines, l => l.EndsWith("|W|10.0.0.1|65001|192.0.2.0/24", StringComparison.Ordinal));
            Assert.Contains(result.Lines, l => l.Contains("|STATE|10.0.0.1|65001|5|6", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_file_that_is_cut_off_anywhere_says_so_or_ends()
    {
        using MemoryStream whole = new();
        MrtTableDump.Write(TwoRoutersWithRoutes(), whole);
        byte[] bytes = whole.ToArray();
        for (int length = 0; length < bytes.Length; length++)
        {
            try
            {
                foreach (MrtRoute route in MrtReader.ReadRoutes(new MemoryStream(bytes, 0, length)))
                {
                    Assert.NotNull(route.Attributes);
                }
            }
            catch (InvalidDataException problem)
            {
                Assert.StartsWith("MRT record at ", problem.Message, StringComparison.Ordinal);
            }
        }
    }

    private BgpSpeaker TwoRoutersWithRoutes()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        Laboratory.Join(r1, r2, n => n with { IPv6Unicast = true });
        r1.Announce(Laboratory.Originate("192.0.2.0/24") with { AsPath = [4200000009], Communities = [new Community(65001, 7), new Community(65001, 8)] });
        r1.Announce(Laboratory.Originate("198.51.100.0/25") with { Origin = Origin.Incomplete });
        r1.Announce(Laboratory.Originate("2001:db8::/32"));
        _lab.StartAll();
        _lab.Run(3);
        return r2;
    }
}
