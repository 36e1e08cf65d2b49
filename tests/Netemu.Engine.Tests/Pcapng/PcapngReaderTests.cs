using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Engine.Pcapng;

namespace Netemu.Engine.Tests.Pcapng;

/// <summary>The reader on known files of both formats, and on damaged ones: an error value, never an exception.</summary>
public sealed class PcapngReaderTests
{
    /// <summary>pcap 2.4, snap length 65535, Ethernet, then 1.5 s (or 1.000000005 s) and 0102030405 of 9.</summary>
    private const string PcapBeMicroseconds =
        "A1B2C3D4 0002 0004 00000000 00000000 0000FFFF 00000001 00000001 0007A120 00000005 00000009 0102030405";

    private const string PcapLeMicroseconds =
        "D4C3B2A1 0200 0400 00000000 00000000 FFFF0000 01000000 01000000 20A10700 05000000 09000000 0102030405";

    private const string PcapLeNanoseconds =
        "4D3CB2A1 0200 0400 00000000 00000000 FFFF0000 01000000 01000000 05000000 05000000 09000000 0102030405";

    private const string PcapBeNanoseconds =
        "A1B23C4D 0002 0004 00000000 00000000 0000FFFF 00000001 00000001 00000005 00000005 00000009 0102030405";

    [Theory]
    [InlineData(PcapngBytes.SectionHeaderLe + PcapngBytes.InterfaceLe + PcapngBytes.PacketLe, 1_000_000_000)]
    [InlineData(PcapngBytes.SectionHeaderBe + PcapngBytes.InterfaceBe + PcapngBytes.PacketBe, 1_000_000_000)]
    [InlineData(PcapBeMicroseconds, 1_500_000_000)]
    [InlineData(PcapLeMicroseconds, 1_500_000_000)]
    [InlineData(PcapBeNanoseconds, 1_000_000_005)]
    [InlineData(PcapLeNanoseconds, 1_000_000_005)]
    public void A_packet_reads_the_same_from_every_format_and_byte_order(string file, long nanoseconds)
    {
        PcapngReader reader = Open(file);

        Assert.Equal(PcapngError.None, reader.Read(out PcapngPacket packet));
        Assert.Equal("0102030405", Convert.ToHexString(packet.Data));
        Assert.Equal(9u, packet.OriginalLength);
        Assert.Equal(new SimTime(nanoseconds), packet.Time);
        Assert.Equal(new PcapngInterface(string.Empty, SnapLength: 65535), reader.Interfaces[packet.InterfaceIndex]);
        Assert.Equal(PcapngError.EndOfStream, reader.Read(out _));
        Assert.Equal(PcapngError.EndOfStream, reader.Read(out _));
    }

    [Fact]
    public void Names_directions_and_comments_are_read_back()
    {
        PcapngReader reader = Open(
            PcapngBytes.OurSectionHeader,
            PcapngBytes.OurInterface,
            "06000000 40000000 00000000 01000000 02000000 05000000 05000000 0102030405 000000",
            "0200 0400 02000000 0100 0600 54544C20C3A9 0000 0000 0000 40000000");

        Assert.Equal(PcapngError.None, reader.Read(out PcapngPacket packet));
        Assert.Equal(PcapngDirection.Outbound, packet.Direction);
        Assert.Equal("TTL é", Encoding.UTF8.GetString(packet.Comment));
        Assert.Equal(new SimTime(0x1_0000_0002), packet.Time);
        Assert.Equal("h1:eth0", reader.Interfaces[0].Name);
    }

    [Theory]
    [InlineData("00", 7, 7_000_000_000)]
    [InlineData("06", 7, 7_000)]
    [InlineData("09", 7, 7)]
    [InlineData("0C", 7_999, 7)]
    [InlineData("7F", 7_999, 0)]
    [InlineData("80", 7, 7_000_000_000)]
    [InlineData("8A", 1_024, 1_000_000_000)]
    [InlineData("FF", 1_024, 0)]
    public void A_timestamp_is_scaled_by_if_tsresol(string resolution, ushort units, long nanoseconds)
    {
        PcapngReader reader = Open(
            PcapngBytes.SectionHeaderLe,
            $"01000000 20000000 0100 0000 00000000 0900 0100 {resolution} 000000 0000 0000 20000000",
            $"06000000 20000000 00000000 00000000 {units & 255:X2}{units >> 8:X2}0000 00000000 00000000 20000000");

        Assert.Equal(PcapngError.None, reader.Read(out PcapngPacket packet));
        Assert.Equal(new SimTime(nanoseconds), packet.Time);
    }

    [Fact]
    public void A_timestamp_is_moved_by_if_tsoffset()
    {
        PcapngReader reader = Open(
            PcapngBytes.SectionHeaderLe,
            "01000000 24000000 0100 0000 00000000 0E00 0800 0300000000000000 0000 0000 24000000",
            "06000000 20000000 00000000 00000000 02000000 00000000 00000000 20000000");

        Assert.Equal(PcapngError.None, reader.Read(out PcapngPacket packet));
        Assert.Equal(new SimTime(3_000_002_000), packet.Time);
    }

    [Fact]
    public void A_new_section_has_its_own_interfaces_and_byte_order()
    {
        PcapngReader reader = Open(
            PcapngBytes.SectionHeaderLe + PcapngBytes.InterfaceLe + PcapngBytes.PacketLe,
            PcapngBytes.SectionHeaderBe + PcapngBytes.InterfaceBe + PcapngBytes.PacketBe,
            PcapngBytes.SectionHeaderLe + PcapngBytes.PacketLe);

        Assert.Equal(PcapngError.None, reader.Read(out _));
        Assert.Equal(PcapngError.None, reader.Read(out PcapngPacket packet));
        Assert.Equal("0102030405", Convert.ToHexString(packet.Data));
        Assert.Equal(PcapngError.UnknownInterface, reader.Read(out _));
    }

    [Fact]
    public void A_simple_packet_is_cut_to_the_snap_length_of_interface_0()
    {
        PcapngReader reader = Open(
            PcapngBytes.SectionHeaderLe,
            "01000000 14000000 0100 0000 03000000 14000000",
            "03000000 14000000 09000000 010203 00 14000000");

        Assert.Equal(PcapngError.None, reader.Read(out PcapngPacket packet));
        Assert.Equal("010203", Convert.ToHexString(packet.Data));
        Assert.Equal(9u, packet.OriginalLength);
    }

    [Fact]
    public void An_obsolete_packet_block_has_16_bits_of_interface()
    {
        PcapngReader reader = Open(
            PcapngBytes.SectionHeaderLe + PcapngBytes.InterfaceLe,
            "02000000 24000000 0000 FFFF 00000000 40420F00 01000000 01000000 0A 000000 24000000");

        Assert.Equal(PcapngError.None, reader.Read(out PcapngPacket packet));
        Assert.Equal("0A", Convert.ToHexString(packet.Data));
        Assert.Equal(new SimTime(1_000_000_000), packet.Time);
    }

    [Fact]
    public void Blocks_of_other_types_are_skipped()
    {
        PcapngReader reader = Open(
            PcapngBytes.SectionHeaderLe + PcapngBytes.InterfaceLe,
            "04000000 10000000 00000000 10000000",
            "AD0B0000 0C000000 0C000000",
            PcapngBytes.PacketLe);

        Assert.Equal(PcapngError.None, reader.Read(out PcapngPacket packet));
        Assert.Equal(5, packet.Data.Length);
    }

    [Theory]
    [InlineData(PcapngError.EndOfStream, "")]
    [InlineData(PcapngError.Truncated, "0A0D")]
    [InlineData(PcapngError.BadMagic, "00000000 00000000 00000000")]
    [InlineData(PcapngError.BadMagic, "0A0D0D0A 1C000000 00000000 0100 0000 FFFFFFFFFFFFFFFF 1C000000")]
    [InlineData(PcapngError.BadVersion, "0A0D0D0A 1C000000 4D3C2B1A 0200 0000 FFFFFFFFFFFFFFFF 1C000000")]
    [InlineData(PcapngError.BadVersion, "D4C3B2A1 0300 0400 00000000 00000000 FFFF0000 01000000")]
    [InlineData(PcapngError.BadLength, "0A0D0D0A 10000000 4D3C2B1A 10000000")]
    [InlineData(PcapngError.TooLong, "D4C3B2A1 0200 0400 00000000 00000000 FFFF0000 01000000 00000000 00000000 FFFFFFFF 00000000")]
    public void A_file_that_starts_badly_says_why(PcapngError expected, string file) =>
        Assert.Equal(expected, Open(file).Read(out _));

    [Theory]
    [InlineData(PcapngError.BadLength, "06000000 00000000 00000000")]
    [InlineData(PcapngError.BadLength, "06000000 08000000 00000000")]
    [InlineData(PcapngError.BadLength, "06000000 0D000000 00000000 00000000")]
    [InlineData(PcapngError.BadLength, "06000000 10000000 00000000 10000000")]
    [InlineData(PcapngError.BadLength, "06000000 20000000 00000000 00000000 00000000 00000000 00000000 24000000")]
    [InlineData(PcapngError.BadLength, "06000000 20000000 00000000 00000000 00000000 01000000 00000000 20000000")]
    [InlineData(PcapngError.BadLength, "06000000 20000000 00000000 00000000 00000000 FFFFFFFF 00000000 20000000")]
    [InlineData(PcapngError.BadLength, "03000000 0C000000 0C000000")]
    [InlineData(PcapngError.BadLength, "03000000 10000000 01000000 10000000")]
    [InlineData(PcapngError.BadLength, "01000000 10000000 01000000 10000000")]
    [InlineData(PcapngError.TooLong, "06000000 F0FFFFFF 00000000 00000000")]
    [InlineData(PcapngError.TooLong, "06000000 04000001 00000000 00000000")]
    [InlineData(PcapngError.Truncated, "06000000 00000001 00000000 00000000")]
    [InlineData(PcapngError.UnknownInterface, "06000000 20000000 01000000 00000000 00000000 00000000 00000000 20000000")]
    [InlineData(PcapngError.UnknownInterface, "06000000 20000000 FFFFFFFF 00000000 00000000 00000000 00000000 20000000")]
    [InlineData(PcapngError.BadTimestamp, "06000000 20000000 00000000 FFFFFFFF FFFFFFFF 00000000 00000000 20000000")]
    [InlineData(PcapngError.BadOption, "06000000 24000000 00000000 00000000 00000000 00000000 00000000 0100 0100 24000000")]
    [InlineData(PcapngError.BadOption, "06000000 24000000 00000000 00000000 00000000 00000000 00000000 0200 0000 24000000")]
    [InlineData(PcapngError.BadOption, "01000000 18000000 0100 0000 00000000 0900 0000 18000000")]
    [InlineData(PcapngError.BadOption, "01000000 18000000 0100 0000 00000000 0200 FFFF 18000000")]
    public void A_block_that_lies_says_why(PcapngError expected, string block) =>
        Assert.Equal(expected, Open(PcapngBytes.SectionHeaderLe, PcapngBytes.InterfaceLe, block).Read(out _));

    [Fact]
    public void Nothing_follows_an_error()
    {
        PcapngReader reader = Open(
            PcapngBytes.SectionHeaderLe, PcapngBytes.InterfaceLe, "06000000 0D000000 00000000", PcapngBytes.PacketLe);

        Assert.Equal(PcapngError.BadLength, reader.Read(out _));
        Assert.Equal(PcapngError.BadLength, reader.Read(out PcapngPacket packet));
        Assert.True(packet.Data.IsEmpty);
    }

    [Fact]
    public void Every_truncation_is_an_end_between_blocks_or_a_truncation()
    {
        byte[] pcapng = PcapngBytes.Parse(PcapngBytes.SectionHeaderBe, PcapngBytes.InterfaceBe, PcapngBytes.PacketBe);
        byte[] pcap = PcapngBytes.Parse(PcapLeMicroseconds);

        AssertTruncations(pcapng, boundaries: [0, 28, 48]);
        AssertTruncations(pcap, boundaries: [0, 24]);
    }

    [Fact]
    public void Random_bytes_end_in_an_error_value()
    {
        RandomSource random = new(1, "pcapng/random-bytes");
        byte[] bytes = new byte[300];
        for (int round = 0; round < 20_000; round++)
        {
            random.NextBytes(bytes);
            PcapngBytes.Parse(PcapngBytes.SectionHeaderLe, PcapngBytes.InterfaceLe).CopyTo(bytes, 0);

            // Small numbers make for blocks that are nearly right.
            for (int i = 48; i < bytes.Length; i++)
            {
                bytes[i] = random.NextChance(3, 4) ? (byte)random.NextBelow(8) : bytes[i];
            }

            AssertEnds(bytes);
        }
    }

    [Fact]
    public void A_file_with_any_byte_changed_ends_in_an_error_value()
    {
        byte[][] files =
        [
            PcapngBytes.Parse(PcapngBytes.OurSectionHeader, PcapngBytes.OurInterface, PcapngBytes.PacketLe),
            PcapngBytes.Parse(PcapngBytes.SectionHeaderBe, PcapngBytes.InterfaceBe, PcapngBytes.PacketBe),
            PcapngBytes.Parse(PcapLeMicroseconds),
        ];
        foreach (byte[] file in files)
        {
            for (int i = 0; i < file.Length; i++)
            {
                for (int value = 0; value < 256; value++)
                {
                    byte[] changed = [.. file];
                    changed[i] = (byte)value;
                    AssertEnds(changed);
                }
            }
        }
    }

    [Fact]
    public void A_length_that_lies_costs_no_memory()
    {
        byte[] file = PcapngBytes.Parse(PcapngBytes.SectionHeaderLe, "06000000 00000001 00000000 00000000");
        AssertEnds(file);

        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertEnds(file);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 300_000);
    }

    [Fact]
    public void A_stream_that_gives_single_bytes_reads_the_same()
    {
        byte[] file = PcapngBytes.Parse(PcapngBytes.SectionHeaderLe, PcapngBytes.InterfaceLe, PcapngBytes.PacketLe);
        PcapngReader reader = new(new SingleByteStream(file));

        Assert.Equal(PcapngError.None, reader.Read(out PcapngPacket packet));
        Assert.Equal("0102030405", Convert.ToHexString(packet.Data));
        Assert.Equal(PcapngError.EndOfStream, reader.Read(out _));
    }

    [Fact]
    public void What_the_writer_writes_reads_back_the_same()
    {
        // Given packets of random sizes, times, interfaces and comments, some larger than any buffer.
        RandomSource random = new(7, "pcapng/round-trip");
        List<(int Handle, long Time, byte[] Data, PcapngDirection Direction, string Comment)> sent = [];
        using MemoryStream file = new();
        using (PcapngWriter writer = new(file, leaveOpen: true, bufferSize: 4096))
        {
            for (int i = 0; i < 5; i++)
            {
                writer.AddInterface(new PcapngInterface($"if{i}"));
            }

            for (int i = 0; i < 2_000; i++)
            {
                byte[] data = new byte[random.NextChance(1, 50) ? random.NextBelow(200_000) : random.NextBelow(1_600)];
                random.NextBytes(data);
                string comment = random.NextChance(1, 3) ? new string('é', (int)random.NextBelow(40)) : string.Empty;
                sent.Add(((int)random.NextBelow(5), random.NextBelow(long.MaxValue), data, (PcapngDirection)random.NextBelow(3), comment));
                writer.Write(sent[i].Handle, new SimTime(sent[i].Time), data, sent[i].Direction, comment: comment);
            }
        }

        // When they are read, then each is what was written.
        PcapngReader reader = new(new MemoryStream(file.ToArray()));
        foreach ((int handle, long time, byte[] data, PcapngDirection direction, string comment) in sent)
        {
            Assert.Equal(PcapngError.None, reader.Read(out PcapngPacket packet));
            Assert.Equal($"if{handle}", reader.Interfaces[packet.InterfaceIndex].Name);
            Assert.Equal(time, packet.Time.Nanoseconds);
            Assert.True(packet.Data.SequenceEqual(data));
            Assert.Equal(direction, packet.Direction);
            Assert.Equal(comment, Encoding.UTF8.GetString(packet.Comment));
        }

        Assert.Equal(PcapngError.EndOfStream, reader.Read(out _));
    }

    private static PcapngReader Open(params string[] blocks) => new(new MemoryStream(PcapngBytes.Parse(blocks)));

    private static PcapngError AssertEnds(byte[] file)
    {
        PcapngReader reader = new(new MemoryStream(file));
        for (int i = 0; i <= file.Length; i++)
        {
            PcapngError error = reader.Read(out _);
            if (error != PcapngError.None)
            {
                return error;
            }
        }

        throw new InvalidOperationException("more packets than bytes");
    }

    private static void AssertTruncations(byte[] file, int[] boundaries)
    {
        for (int length = 0; length < file.Length; length++)
        {
            PcapngError expected = Array.IndexOf(boundaries, length) >= 0 ? PcapngError.EndOfStream : PcapngError.Truncated;
            Assert.Equal(expected, AssertEnds(file[..length]));
        }
    }

    /// <summary>A stream that returns one byte a read, as a slow pipe may.</summary>
    private sealed class SingleByteStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));
    }
}
