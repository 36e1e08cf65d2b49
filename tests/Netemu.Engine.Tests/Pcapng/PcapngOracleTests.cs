using System;
using System.IO;
using Netemu.Core.Time;
using Netemu.Engine.Pcapng;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Pcapng;

/// <summary>Wireshark's tools read what the writer writes, and write what the reader reads.</summary>
public sealed class PcapngOracleTests : IDisposable
{
    /// <summary>ARP request: who has 10.0.0.2, tell 10.0.0.1.</summary>
    private static readonly byte[] Arp = Convert.FromHexString(
        "FFFFFFFFFFFF 020000000011 0806 0001 0800 06 04 0001 020000000011 0A000001 000000000000 0A000002".Replace(" ", string.Empty, StringComparison.Ordinal));

    private readonly string _folder = Directory.CreateTempSubdirectory("netemu-pcapng-").FullName;

    private string Capture => Path.Combine(_folder, "capture.pcapng");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ToolFact("tshark")]
    public void Tshark_shows_interfaces_times_lengths_directions_and_comments()
    {
        WriteCapture();

        ExternalToolResult result = ExternalTool.Require("tshark").Run(
            "-r", Capture, "-T", "fields", "-E", "separator=|",
            "-e", "frame.interface_name", "-e", "frame.interface_description", "-e", "frame.time_epoch", "-e", "frame.len",
            "-e", "frame.cap_len", "-e", "frame.packet_flags_direction", "-e", "frame.comment", "-e", "arp.dst.proto_ipv4");

        Assert.Equal(
            [
                "h1:eth0|first host|0.000000001|42|42|0x00000002||10.0.0.2",
                "r1:eth1||1.500000000|42|42|0x00000001|NeighbourFailed|10.0.0.2",
                "h1:eth0|first host|3600.000000007|1514|42|||10.0.0.2",
            ],
            result.Lines);
    }

    [ToolFact("capinfos")]
    public void Capinfos_counts_interfaces_and_packets()
    {
        WriteCapture();

        ExternalToolResult result = ExternalTool.Require("capinfos").Run("-M", Capture);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("File type:           pcapng", result.Lines);
        Assert.Contains("Number of packets:   3", result.Lines);
        Assert.Contains("File timestamp precision:  nanoseconds (9)", result.Lines);
        Assert.Contains("Number of interfaces in file: 2", result.Lines);
        Assert.Contains("Capture application: netemu", result.Lines);
        Assert.Contains("Name = h1:eth0", result.Lines);
        Assert.DoesNotContain("Hardware:", result.Output, StringComparison.Ordinal);
    }

    [ToolFact("tshark")]
    public void A_capture_that_was_never_closed_reads_up_to_the_last_flush()
    {
        // Given a writer that flushed two packets and holds a third when its process dies.
        using MemoryStream stream = new();
        using PcapngWriter writer = new(stream, leaveOpen: true);
        int handle = writer.AddInterface(new PcapngInterface("h1:eth0"));
        writer.Write(handle, SimTime.Zero, Arp);
        writer.Write(handle, SimTime.Zero, Arp);
        writer.Flush();
        writer.Write(handle, SimTime.Zero, Arp);
        File.WriteAllBytes(Capture, stream.ToArray());

        ExternalToolResult result = ExternalTool.Require("tshark").Run("-r", Capture, "-T", "fields", "-e", "frame.number");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["1", "2"], result.Lines);
    }

    [ToolFact("editcap")]
    public void What_editcap_converts_reads_the_same()
    {
        WriteCapture();
        foreach (string format in new[] { "pcapng", "pcap", "nsecpcap" })
        {
            string converted = Path.Combine(_folder, format);
            Assert.Equal(0, ExternalTool.Require("editcap").Run("-F", format, Capture, converted).ExitCode);

            using FileStream file = File.OpenRead(converted);
            PcapngReader reader = new(file);
            Assert.Equal(PcapngError.None, reader.Read(out PcapngPacket first));
            Assert.Equal(new SimTime(format == "pcap" ? 0 : 1), first.Time);
            Assert.Equal(Convert.ToHexString(Arp), Convert.ToHexString(first.Data));
            Assert.Equal(PcapngError.None, reader.Read(out PcapngPacket second));
            Assert.Equal(new SimTime(1_500_000_000), second.Time);
            Assert.Equal(PcapngError.None, reader.Read(out PcapngPacket third));
            Assert.Equal(1514u, third.OriginalLength);
            Assert.Equal(PcapngError.EndOfStream, reader.Read(out _));
        }
    }

    private void WriteCapture()
    {
        using FileStream file = new(Capture, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        using PcapngWriter writer = new(file);
        int host = writer.AddInterface(new PcapngInterface("h1:eth0", "first host"));
        int router = writer.AddInterface(new PcapngInterface("r1:eth1"));
        writer.Write(host, new SimTime(1), Arp, PcapngDirection.Outbound);
        writer.Write(router, new SimTime(1_500_000_000), Arp, PcapngDirection.Inbound, comment: "NeighbourFailed");
        writer.Write(host, new SimTime(3_600_000_000_007), Arp, originalLength: 1514);
        writer.WriteStatistics(host, new SimTime(3_600_000_000_007), received: 2, dropped: 0);
    }
}
