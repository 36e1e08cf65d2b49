using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Queueing;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Queueing;

/// <summary>
/// Queueing disciplines, of which this kernel lacks netem: after net/sched/sch_netem.c and tc-netem(8), sch_tbf.c and tc-tbf(8),
/// sch_prio.c, sch_fq_codel.c and RFC 8290. Each test names the function.
/// </summary>
public sealed class DisciplineTests
{
    // netem_enqueue (time_to_send = now + delay), tfifo_enqueue: equal instants keep their order.
    [Fact]
    public void A_constant_delay_is_exact_and_keeps_the_order()
    {
        using QueueBench bench = new(new NetemDiscipline(new NetemOptions { Delay = Duration.FromMilliseconds(7) }));

        bench.Send(3);
        bench.Run(Duration.FromMilliseconds(20));

        Assert.Equal([(0, 7_000_000L), (1, 7_000_000L), (2, 7_000_000L)], bench.Departures);
    }

    // netem_enqueue, packet_time_ns: a frame begins when the last one has gone; without the kernel's rounding (Queueing/DESIGN.md).
    [Fact]
    public void A_rate_is_exact_over_any_number_of_frames_of_any_length()
    {
        // Given 10 Mbit/s and frames of random lengths, sent at once.
        for (int seed = 1; seed <= 20; seed++)
        {
            using QueueBench bench = new(new NetemDiscipline(new NetemOptions { RateBitsPerSecond = 9_999_991, Limit = int.MaxValue }), seed);
            Random lengths = new(seed);
            List<long> bits = [];
            for (int i = 0; i < 5_000; i++)
            {
                int length = lengths.Next(60, 1514);
                bits.Add((bits.Count == 0 ? 0 : bits[^1]) + (8L * length));
                bench.Send(1, length);
            }

            bench.Run(Duration.FromSeconds(100));

            // Then each frame's last bit leaves when so many bits have passed, to the nanosecond.
            Assert.Equal(bits.Select(b => (long)((Int128)b * 1_000_000_000 / 9_999_991)), bench.Departures.Select(d => d.Time));
        }
    }

    // tbf_dequeue: tokens up to the burst, then as they come.
    [Fact]
    public void A_token_bucket_lets_a_burst_pass_and_then_keeps_its_rate_exactly()
    {
        // Given 1 Mbit/s with a bucket of 5,000 bytes.
        using QueueBench bench = new(new TokenBucketDiscipline(
            new TokenBucketOptions { RateBitsPerSecond = 1_000_000, Burst = 5_000, Limit = 1_000_000 }));

        // When 100 frames of 1,000 bytes come at once.
        bench.Send(100, 1_000);
        bench.Run(Duration.FromSeconds(2));

        // Then five leave at once, and the others every 8 ms.
        Assert.Equal(Enumerable.Range(0, 100).Select(i => Math.Max(0, i - 4) * 8_000_000L), bench.Departures.Select(d => d.Time));
        Assert.True(bench.Discipline.Statistics.Overlimits > 0);
    }

    // tbf_enqueue (qdisc_pkt_len > max_size), bfifo_enqueue of its inner queue (limit).
    [Fact]
    public void A_frame_that_is_longer_than_the_bucket_and_one_beyond_the_limit_are_refused()
    {
        using QueueBench bench = new(new TokenBucketDiscipline(
            new TokenBucketOptions { RateBitsPerSecond = 1_000_000, Burst = 1_500, Limit = 3_000 }));

        bench.Send(1, 1_514);
        bench.Send(6, 1_000);
        bench.Run(Duration.FromSeconds(1));

        // One leaves at once, three wait; the rest is refused.
        Assert.Equal(1, bench.Emulation.Frames.Accounting[DropReason.FrameTooLong]);
        Assert.Equal(2, bench.Emulation.Frames.Accounting[DropReason.QueueFull]);
        Assert.Equal(4, bench.Departures.Count);
    }

    [Fact]
    public void The_same_seed_gives_the_same_packets_and_another_seed_does_not()
    {
        NetemOptions options = new()
        {
            Delay = Duration.FromMilliseconds(10),
            Jitter = Duration.FromMilliseconds(5),
            Distribution = NetemDistribution.Normal,
            Loss = NetemOptions.Share(10, 100),
            Duplicate = NetemOptions.Share(10, 100),
        };

        List<(int, long)>[] runs = [.. new[] { 1, 1, 2 }.Select(seed =>
        {
            using QueueBench bench = new(new NetemDiscipline(options), seed);
            bench.Send(900);
            bench.Run(Duration.FromSeconds(1));
            return bench.Departures;
        })];

        Assert.Equal(runs[0], runs[1]);
        Assert.NotEqual(runs[0], runs[2]);
    }

    [Fact]
    public void Loss_does_not_change_which_delays_are_drawn()
    {
        // Given the same delays without and with a loss that never hits.
        NetemOptions options = new() { Delay = Duration.FromMilliseconds(10), Jitter = Duration.FromMilliseconds(5) };
        using QueueBench without = new(new NetemDiscipline(options));
        using QueueBench with = new(new NetemDiscipline(options with { Corrupt = NetemOptions.Share(1, 2), Duplicate = 1 }));

        without.Send(100);
        with.Send(100);
        without.Run(Duration.FromSeconds(1));
        with.Run(Duration.FromSeconds(1));

        Assert.Equal(without.Departures.Select(d => d.Time), with.Departures.Select(d => d.Time));
    }

    // get_crandom: "x(i+1) = rho x(i) + (1 - rho) random", tc-netem(8) CORRELATION.
    [Fact]
    public void Correlated_jitter_follows_the_delay_before()
    {
        NetemOptions options = new()
        {
            Delay = Duration.FromMilliseconds(100), Jitter = Duration.FromMilliseconds(10), Limit = int.MaxValue,
        };

        Assert.InRange(Autocorrelation(options), -0.02, 0.02);
        Assert.InRange(Autocorrelation(options with { DelayCorrelation = NetemOptions.Share(80, 100) }), 0.75, 0.85);
    }

    // netem_enqueue: one random bit flipped, after the copy of a duplicate was taken.
    [Fact]
    public void A_corrupted_frame_has_one_bit_flipped_and_no_trusted_checksum_and_its_copies_are_whole()
    {
        using QueueBench bench = new(new NetemDiscipline(new NetemOptions { Corrupt = uint.MaxValue, Duplicate = uint.MaxValue }));
        FrameRecorder seen = new(bench.Device);

        bench.Send(1, 60, f => f.Flags |= FrameFlags.HeaderChecked | FrameFlags.TransportChecked);

        // Both the copy, which is corrupted when it enters again, and the frame have a bit of their own flipped.
        Assert.Equal(2, seen.Frames.Count);
        Assert.All(seen.Frames, f => Assert.Equal(1, f.Bytes.Sum(b => int.PopCount(b))));
        Assert.All(bench.Flags, f => Assert.Equal(FrameFlags.None, f));
    }

    // dev_deactivate, qdisc_reset.
    [Fact]
    public void A_queue_loses_what_waits_when_its_device_goes_down()
    {
        using QueueBench bench = new(new NetemDiscipline(new NetemOptions { Delay = Duration.FromSeconds(1) }));
        bench.Send(5);

        bench.Device.SetUp(false);
        bench.Run(Duration.FromSeconds(2));

        Assert.Equal(5, bench.Emulation.Frames.Accounting[DropReason.DeviceDown]);
        Assert.Empty(bench.Departures);
    }

    // prio_classify with TC_PRIO2BAND, prio_dequeue.
    [Fact]
    public void Strict_priority_sends_interactive_packets_before_the_rest()
    {
        // Given bands behind a rate, full of packets of no type of service.
        using EmulatedNetwork network = new();
        Link link = network.Join(
            network.Host("a"), string.Empty, network.Host("b"), string.Empty, new LinkOptions { RateBitsPerSecond = 1_000_000 });
        link.A.WritableEgress().Install(new PriorityDiscipline(3, PriorityDiscipline.DefaultMap, 1000, isClassful: true));
        FrameRecorder seen = new(link.B);
        foreach (byte tos in new byte[] { 0, 0, 0, 0x08, 0x10 })
        {
            link.A.Transmit(network.Emulation.Frames.Rent(Packet(link, tos, 1)));
        }

        network.RunSeconds(1);

        // Then low delay (0x10) overtakes all but the frame on the wire, and bulk (0x08) comes last.
        Assert.Equal([0, 0x10, 0, 0, 0x08], seen.Frames.Select(f => (int)f.Bytes[15]));
    }

    [Fact]
    public void A_discipline_on_a_link_with_a_rate_holds_the_queue_and_keeps_the_rate_exact()
    {
        using EmulatedNetwork network = new();
        Link link = network.Join(
            network.Host("a"), string.Empty, network.Host("b"), string.Empty,
            new LinkOptions { RateBitsPerSecond = 10_000_000_000, Delay = Duration.FromMicroseconds(50) });
        FifoDiscipline fifo = new(FifoKind.Packets, 3);
        link.A.WritableEgress().Install(fifo);
        FrameRecorder seen = new(link.B);

        for (int i = 0; i < 5; i++)
        {
            link.A.Transmit(network.Emulation.Frames.Rent(Packet(link, 0, (ushort)i)));
        }

        Assert.Equal(3, fifo.Count);
        network.RunSeconds(1);

        // 64 bytes take 51.2 ns; a timer cannot fire in between, so each frame leaves at the next whole nanosecond.
        Assert.Equal([50_051, 50_102, 50_153, 50_204], seen.Frames.Select(f => f.Time.Nanoseconds));
        Assert.Equal(1, network.Emulation.Frames.Accounting[DropReason.QueueFull]);
    }

    // fq_codel_dequeue (new flows first), RFC 8290 section 4.2; codel_dequeue drops at the head.
    [Fact]
    public void Fair_queues_share_a_link_and_keep_a_thin_flow_fast()
    {
        // Given a link of 10 Mbit/s with a standing queue of one greedy flow.
        using EmulatedNetwork network = new();
        Link link = network.Join(
            network.Host("a"), string.Empty, network.Host("b"), string.Empty, new LinkOptions { RateBitsPerSecond = 10_000_000 });
        FqCodelDiscipline fair = new(new FqCodelOptions());
        link.A.WritableEgress().Install(fair);
        FrameRecorder seen = new(link.B);
        for (int i = 0; i < 500; i++)
        {
            link.A.Transmit(network.Emulation.Frames.Rent(Packet(link, 0, 1, 1_500)));
        }

        // When a packet of another flow comes.
        link.A.Transmit(network.Emulation.Frames.Rent(Packet(link, 0, 2)));
        network.RunSeconds(2);

        // Then it waits for one packet, not for 500; and CoDel has dropped from the greedy flow, at the head.
        int position = seen.Frames.ToList().FindIndex(f => f.Bytes[35] == 2);
        Assert.InRange(position, 1, 2);
        Assert.InRange(network.Emulation.Frames.Accounting[DropReason.QdiscCongested], 5, 100);
        Assert.Equal(500 + 1 - seen.Frames.Count, network.Emulation.Frames.Accounting[DropReason.QdiscCongested]);
    }

    // codel_dequeue, INET_ECN_set_ce (RFC 8289 section 3.1).
    [Fact]
    public void A_flow_that_can_be_marked_is_marked_instead_of_dropped()
    {
        using EmulatedNetwork network = new();
        Link link = network.Join(
            network.Host("a"), string.Empty, network.Host("b"), string.Empty, new LinkOptions { RateBitsPerSecond = 10_000_000 });
        FqCodelDiscipline fair = new(new FqCodelOptions());
        link.A.WritableEgress().Install(fair);
        FrameRecorder seen = new(link.B);
        for (int i = 0; i < 500; i++)
        {
            link.A.Transmit(network.Emulation.Frames.Rent(Packet(link, 2, 1, 1_500)));
        }

        network.RunSeconds(2);

        Assert.Equal(500, seen.Frames.Count);
        Assert.Equal(fair.CodelStatistics.EcnMark, seen.Frames.Count(f => (f.Bytes[15] & 3) == 3));
        Assert.InRange(fair.CodelStatistics.EcnMark, 5, 100);
        Assert.All(seen.Frames, f => Assert.Equal(0, InternetChecksum.Compute(f.Bytes.AsSpan(14, 20))));
    }

    // netem_dequeue, "if (q->qdisc)"; netem_graft.
    [Fact]
    public void An_inner_discipline_takes_what_the_outer_one_lets_go()
    {
        // Given netem with a delay, and inside it a token bucket.
        NetemDiscipline outer = new(new NetemOptions { Delay = Duration.FromMilliseconds(10) });
        using QueueBench bench = new(outer);
        Assert.True(bench.Device.Egress!.Install(
            new TokenBucketDiscipline(new TokenBucketOptions { RateBitsPerSecond = 1_000_000, Burst = 1_000, Limit = 100_000 }),
            outer.Handle | 1));

        bench.Send(3, 1_000);
        Assert.Equal(3, outer.Count);
        bench.Run(Duration.FromSeconds(1));

        Assert.Equal([10_000_000, 18_000_000, 26_000_000], bench.Departures.Select(d => d.Time));
    }

    private static double Autocorrelation(NetemOptions options)
    {
        using QueueBench bench = new(new NetemDiscipline(options));
        bench.Send(20_000);
        bench.Run(Duration.FromSeconds(1));
        double[] delays = [.. bench.Departures.OrderBy(d => d.Number).Select(d => (double)d.Time)];
        double mean = delays.Average();
        double variance = delays.Sum(d => (d - mean) * (d - mean));
        return delays.Skip(1).Zip(delays, (next, before) => (next - mean) * (before - mean)).Sum() / variance;
    }

    /// <summary>An Ethernet frame with an IPv4 UDP packet; the source port names the flow.</summary>
    private static byte[] Packet(Link link, byte tos, ushort port, int length = 64)
    {
        byte[] bytes = new byte[length];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, link.B.Mac.Value << 16);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(12), EtherType.IPv4);
        bytes[14] = 0x45;
        bytes[15] = tos;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(16), (ushort)(length - 14));
        bytes[22] = 64;
        bytes[23] = 17;
        bytes[26] = 10;
        bytes[30] = 10;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(24), InternetChecksum.Compute(bytes.AsSpan(14, 20)));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(34), port);
        return bytes;
    }
}
