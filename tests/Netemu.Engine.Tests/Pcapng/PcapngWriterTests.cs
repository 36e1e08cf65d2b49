using System;
using System.IO;
using Netemu.Core.Time;
using Netemu.Engine.Pcapng;

namespace Netemu.Engine.Tests.Pcapng;

/// <summary>The writer's bytes against blocks spelled out by hand.</summary>
public sealed class PcapngWriterTests : IDisposable
{
    private static readonly byte[] FiveBytes = [0x01, 0x02, 0x03, 0x04, 0x05];

    private readonly MemoryStream _file = new();
    private readonly PcapngWriter _writer;

    public PcapngWriterTests() => _writer = new PcapngWriter(_file, leaveOpen: true);

    public void Dispose()
    {
        _writer.Dispose();
        _file.Dispose();
    }

    [Fact]
    public void A_capture_without_packets_is_a_section_header_alone()
    {
        _writer.AddInterface(new PcapngInterface("h1:eth0"));

        AssertFile(PcapngBytes.OurSectionHeader);
    }

    [Fact]
    public void The_first_packet_of_an_interface_brings_its_description_before_it()
    {
        int handle = _writer.AddInterface(new PcapngInterface("h1:eth0"));

        _writer.Write(handle, new SimTime(0x0000_0001_2345_6789), FiveBytes);
        _writer.Write(handle, new SimTime(0x0000_0001_2345_678A), []);

        AssertFile(
            PcapngBytes.OurSectionHeader,
            PcapngBytes.OurInterface,
            "06000000 28000000 00000000 01000000 89674523 05000000 05000000 0102030405 000000 28000000",
            "06000000 20000000 00000000 01000000 8A674523 00000000 00000000 20000000");
    }

    [Fact]
    public void Interfaces_are_numbered_in_the_order_of_their_first_packets()
    {
        int first = _writer.AddInterface(new PcapngInterface("a"));
        _writer.AddInterface(new PcapngInterface("never used"));
        int third = _writer.AddInterface(new PcapngInterface("c"));

        _writer.Write(third, SimTime.Zero, []);
        _writer.Write(first, SimTime.Zero, []);

        AssertFile(
            PcapngBytes.OurSectionHeader,
            "01000000 28000000 0100 0000 00000000 0200 0100 63 000000 0900 0100 09 000000 0000 0000 28000000",
            "06000000 20000000 00000000 00000000 00000000 00000000 00000000 20000000",
            "01000000 28000000 0100 0000 00000000 0200 0100 61 000000 0900 0100 09 000000 0000 0000 28000000",
            "06000000 20000000 01000000 00000000 00000000 00000000 00000000 20000000");
    }

    [Fact]
    public void An_interface_carries_its_description_link_type_and_snap_length()
    {
        int handle = _writer.AddInterface(new PcapngInterface("tun0", "r1 uplink", LinkType.Raw, 96));

        _writer.Write(handle, SimTime.Zero, []);

        AssertFile(
            PcapngBytes.OurSectionHeader,
            "01000000 38000000 6500 0000 60000000 0200 0400 74756E30 0300 0900 7231207570 6C696E6B 000000",
            "0900 0100 09 000000 0000 0000 38000000",
            "06000000 20000000 00000000 00000000 00000000 00000000 00000000 20000000");
    }

    [Theory]
    [InlineData(PcapngDirection.Inbound, "01000000")]
    [InlineData(PcapngDirection.Outbound, "02000000")]
    public void A_direction_becomes_epb_flags(PcapngDirection direction, string flags)
    {
        int handle = _writer.AddInterface(new PcapngInterface("h1:eth0"));

        _writer.Write(handle, SimTime.Zero, FiveBytes, direction);

        AssertFile(
            PcapngBytes.OurSectionHeader,
            PcapngBytes.OurInterface,
            "06000000 34000000 00000000 00000000 00000000 05000000 05000000 0102030405 000000",
            $"0200 0400 {flags} 0000 0000 34000000");
    }

    [Fact]
    public void A_comment_is_padded_UTF8()
    {
        int handle = _writer.AddInterface(new PcapngInterface("h1:eth0"));

        _writer.Write(handle, SimTime.Zero, FiveBytes, PcapngDirection.Inbound, comment: "TTL é");

        AssertFile(
            PcapngBytes.OurSectionHeader,
            PcapngBytes.OurInterface,
            "06000000 40000000 00000000 00000000 00000000 05000000 05000000 0102030405 000000",
            "0200 0400 01000000 0100 0600 54544C20C3A9 0000 0000 0000 40000000");
    }

    [Fact]
    public void A_packet_is_cut_to_the_snap_length_and_keeps_its_original_length()
    {
        int handle = _writer.AddInterface(new PcapngInterface(string.Empty, SnapLength: 2));

        _writer.Write(handle, SimTime.Zero, FiveBytes);
        _writer.Write(handle, SimTime.Zero, FiveBytes, originalLength: 1514);

        AssertFile(
            PcapngBytes.OurSectionHeader,
            "01000000 20000000 0100 0000 02000000 0900 0100 09 000000 0000 0000 20000000",
            "06000000 24000000 00000000 00000000 00000000 02000000 05000000 0102 0000 24000000",
            "06000000 24000000 00000000 00000000 00000000 02000000 EA050000 0102 0000 24000000");
    }

    [Fact]
    public void Statistics_name_what_was_received_and_dropped()
    {
        int handle = _writer.AddInterface(new PcapngInterface("h1:eth0"));

        _writer.WriteStatistics(handle, new SimTime(1_000_000_000), received: 7, dropped: 2);

        AssertFile(
            PcapngBytes.OurSectionHeader,
            PcapngBytes.OurInterface,
            "05000000 34000000 00000000 00000000 00CA9A3B",
            "0400 0800 0700000000000000 0500 0800 0200000000000000 0000 0000 34000000");
    }

    [Fact]
    public void Padding_is_zero_where_the_buffer_held_other_blocks_before()
    {
        // Given a buffer that is full of ones from packets that went to the stream.
        using MemoryStream file = new();
        using PcapngWriter writer = new(file, leaveOpen: true, bufferSize: 256);
        int handle = writer.AddInterface(new PcapngInterface("h1:eth0"));
        byte[] ones = new byte[100];
        Array.Fill(ones, (byte)0xFF);
        writer.Write(handle, SimTime.Zero, ones);
        writer.Flush();
        long before = file.Length;

        // When packets with padding follow.
        writer.Write(handle, SimTime.Zero, FiveBytes, PcapngDirection.Inbound, comment: "x");
        writer.Flush();

        Assert.Equal(
            PcapngBytes.Parse(
                "06000000 3C000000 00000000 00000000 00000000 05000000 05000000 0102030405 000000",
                "0200 0400 01000000 0100 0100 78 000000 0000 0000 3C000000"),
            file.ToArray()[(int)before..]);
    }

    [Fact]
    public void What_the_stream_holds_is_whole_blocks_at_every_instant()
    {
        // Given a stream that remembers where each write ended.
        using WriteRecorder stream = new();
        using PcapngWriter writer = new(stream, bufferSize: 256);
        int handle = writer.AddInterface(new PcapngInterface("h1:eth0"));

        // When packets of all sizes overflow the buffer, also ones that are larger than it.
        for (int size = 0; size < 600; size += 7)
        {
            writer.Write(handle, new SimTime(size), new byte[size], PcapngDirection.Outbound, comment: "hello");
        }

        writer.Flush();

        // Then a file cut after any write reads without error.
        Assert.True(stream.Ends.Count > 50);
        foreach (int end in stream.Ends)
        {
            PcapngReader reader = new(new MemoryStream(stream.ToArray(), 0, end));
            PcapngError error;
            do
            {
                error = reader.Read(out _);
            }
            while (error == PcapngError.None);

            Assert.Equal(PcapngError.EndOfStream, error);
        }
    }

    [Fact]
    public void Writing_a_packet_allocates_nothing()
    {
        using PcapngWriter writer = new(Stream.Null);
        int handle = writer.AddInterface(new PcapngInterface("h1:eth0"));
        byte[] frame = new byte[64];
        WriteMany(writer, handle, frame, 10_000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        WriteMany(writer, handle, frame, 10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_comment_longer_than_an_option_is_cut_at_a_character()
    {
        int handle = _writer.AddInterface(new PcapngInterface("h1:eth0"));

        _writer.Write(handle, SimTime.Zero, FiveBytes, comment: string.Concat(new string('a', 21844), "\U0001F600 and more"));
        _writer.Flush();

        PcapngReader reader = new(new MemoryStream(_file.ToArray()));
        Assert.Equal(PcapngError.None, reader.Read(out PcapngPacket packet));
        Assert.Equal(21844, packet.Comment.Length);
        Assert.Equal(-1, packet.Comment.IndexOfAnyExcept((byte)'a'));
    }

    private static void WriteMany(PcapngWriter writer, int handle, byte[] frame, int count)
    {
        for (int i = 0; i < count; i++)
        {
            writer.Write(handle, new SimTime(i), frame, PcapngDirection.Inbound, comment: "NoRoute");
        }
    }

    private void AssertFile(params string[] blocks)
    {
        _writer.Flush();
        Assert.Equal(Convert.ToHexString(PcapngBytes.Parse(blocks)), Convert.ToHexString(_file.ToArray()));
    }
}
