using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Tests.Tcp;

/// <summary>The parts by themselves: transitions, ranges, ring, options, CUBIC, and what an idle endpoint weighs.</summary>
[Collection(nameof(MemoryCollection))]
public sealed class TcpPartsTests
{
    [Fact]
    public void Every_cell_of_the_state_diagram_leads_somewhere_and_a_reset_ends_every_state()
    {
        foreach (TcpState state in Enum.GetValues<TcpState>())
        {
            foreach (TcpEvent happened in Enum.GetValues<TcpEvent>())
            {
                Assert.True(Enum.IsDefined(TcpTransitions.Next(state, happened)));
            }

            Assert.Equal(TcpState.Closed, TcpTransitions.Next(state, TcpEvent.Reset));
        }
    }

    [Fact]
    public void The_paths_of_the_state_diagram_are_those_of_the_rfc()
    {
        TcpState Walk(params TcpEvent[] events) => events.Aggregate(TcpState.Closed, TcpTransitions.Next);

        Assert.Equal(TcpState.Established, Walk(TcpEvent.ActiveOpen, TcpEvent.SynAckReceived));
        Assert.Equal(TcpState.Established, Walk(TcpEvent.PassiveOpen, TcpEvent.SynReceived, TcpEvent.SynAcknowledged));
        Assert.Equal(TcpState.Established, Walk(TcpEvent.ActiveOpen, TcpEvent.SynReceived, TcpEvent.SynAcknowledged));
        TcpEvent[] open = [TcpEvent.ActiveOpen, TcpEvent.SynAckReceived];
        Assert.Equal(TcpState.TimeWait, Walk([.. open, TcpEvent.Close, TcpEvent.FinAcknowledged, TcpEvent.FinReceived]));
        Assert.Equal(TcpState.TimeWait, Walk([.. open, TcpEvent.Close, TcpEvent.FinReceived, TcpEvent.FinAcknowledged]));
        Assert.Equal(TcpState.Closed, Walk([.. open, TcpEvent.FinReceived, TcpEvent.Close, TcpEvent.FinAcknowledged]));
    }

    [Fact]
    public void Ranges_say_what_a_set_of_numbers_says()
    {
        RandomSource random = new(3, "ranges");
        const uint Base = 0xFFFF_FF00;
        for (int round = 0; round < 200; round++)
        {
            SequenceRanges ranges = new();
            HashSet<uint> naive = [];
            uint floor = 0;
            for (int step = 0; step < 40; step++)
            {
                if (random.NextChance(1, 6))
                {
                    floor += (uint)random.NextBelow(60);
                    ranges.RemoveBefore(Base + floor);
                    naive.RemoveWhere(n => n < floor);
                    continue;
                }

                uint start = floor + (uint)random.NextBelow(400);
                uint length = 1 + (uint)random.NextBelow(40);
                bool news = false;
                for (uint n = start; n < start + length; n++)
                {
                    news |= naive.Add(n);
                }

                Assert.Equal(news, ranges.Add(Base + start, Base + start + length));
                Assert.Equal(naive.Count, ranges.Bytes);
                Assert.Equal(1000 - naive.Count(n => n >= floor && n < floor + 1000), ranges.Missing(Base + floor, Base + floor + 1000));
                uint hole = floor;
                while (naive.Contains(hole))
                {
                    hole++;
                }

                Assert.Equal(Base + hole, ranges.NextHole(Base + floor, Base + floor + 2000, out _));
            }
        }
    }

    [Fact]
    public void A_ring_is_a_queue_that_can_be_filled_ahead()
    {
        RandomSource random = new(4, "ring");
        StreamBufferPool pool = new();
        StreamRing ring = default;
        Queue<byte> naive = new();
        byte next = 0;
        for (int step = 0; step < 5000; step++)
        {
            byte[] bytes = new byte[random.NextBelow(3000)];
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = next++;
                naive.Enqueue(bytes[i]);
            }

            // The second half first, then the first half, then both count.
            int half = bytes.Length / 2;
            ring.Place(pool, bytes.AsSpan(half), half);
            ring.Write(pool, bytes.AsSpan(0, half));
            ring.Advance(bytes.Length - half);
            byte[] taken = new byte[random.NextBelow(Math.Min(naive.Count, 3200) + 1)];
            if (taken.Length > 0)
            {
                ring.Peek(0, taken);
                ring.Discard(pool, taken.Length);
            }

            byte[] expected = new byte[taken.Length];
            for (int i = 0; i < expected.Length; i++)
            {
                expected[i] = naive.Dequeue();
            }

            Assert.True(taken.AsSpan().SequenceEqual(expected));
            Assert.Equal(naive.Count, ring.Count);
        }

        ring.Clear(pool);
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void Options_are_read_and_every_truncation_is_harmless()
    {
        // MSS 1460, SACK permitted, timestamps 1 and 2, NOP, window scale 7, end: the SYN of Linux.
        byte[] options = Convert.FromHexString("020405B40402080A000000010000000201030307");
        TcpOptions read = Read(Header(options, TcpFlags.Syn));
        Assert.Equal(1460, read.Mss);
        Assert.True(read.SackPermitted && read.HasTimestamps && read.HasWindowScale);
        Assert.Equal((1u, 2u, 7), (read.TimestampValue, read.TimestampEcho, read.WindowScale));

        // On anything but a SYN only the timestamps count.
        read = Read(Header(options, TcpFlags.Ack));
        Assert.Equal((0, false, true), ((int)read.Mss, read.SackPermitted, read.HasTimestamps));

        for (int length = 0; length < options.Length; length += 4)
        {
            Read(Header(options[..length], TcpFlags.Syn));
        }

        foreach (string lie in new[] { "02000000", "02FF05B4", "08010101", "05020101", "13121212", "0204" + "05B4" + "0500" + "0000" })
        {
            Read(Header(Convert.FromHexString(lie), TcpFlags.Syn));
        }
    }

    [Fact]
    public void Cubic_grows_as_Reno_once_it_has_its_window_of_before_the_loss_back()
    {
        // Given a loss at 20 segments and a round trip of 1 ms: the estimate for Reno leads (RFC 9438 section 4.3).
        const int Segment = 1000;
        CubicWindow cubic = new();
        int window = cubic.OnCongestion(20 * Segment, Segment);
        long now = 0;
        int RoundTrips(int to)
        {
            int rounds = 0;
            for (; window < to; rounds++)
            {
                for (int acked = 0, all = window; acked < all; acked += Segment)
                {
                    window = cubic.OnAcknowledged(window, Segment, Segment, new SimTime(now), 1_000_000);
                }

                now += 1_000_000;
            }

            return rounds;
        }

        // Then alpha is 3 * (1 - 0.7) / (1 + 0.7) = 0.53 up to there: 6 segments in some 11 round trips; and 1 from there on.
        Assert.InRange(RoundTrips(20 * Segment), 10, 13);
        Assert.InRange(RoundTrips(40 * Segment), 18, 23);
    }

    private static TcpOptions Read(TcpHeader header)
    {
        TcpOptions options = default;
        options.Read(header);
        return options;
    }

    [Fact]
    public void Cubic_climbs_back_to_its_maximum_in_the_time_that_the_rfc_gives()
    {
        // Given W_max = 1000 segments: K = cbrt(1000 * 0.3 / 0.4) = 9.086 s.
        const int Segment = 1000;
        CubicWindow cubic = new();
        int window = cubic.OnCongestion(1_000_000, Segment);
        Assert.Equal(700_195, window);

        // When a window is acknowledged each 100 ms.
        long now = 0;
        while (window < 1_000_000 && now < 30_000_000_000)
        {
            for (int acked = 0; acked < window; acked += 10_000)
            {
                window = cubic.OnAcknowledged(window, 10_000, Segment, new SimTime(now), 100_000_000);
            }

            now += 100_000_000;
        }

        Assert.InRange(now, 8_000_000_000, 10_500_000_000);
        Assert.Equal(9, CubicWindow.CubeRoot(999));
        Assert.Equal(10, CubicWindow.CubeRoot(1000));
    }

    [Fact]
    public void An_idle_endpoint_weighs_at_most_640_bytes()
    {
        TcpPair pair = new();
        pair.ToClient.Notes = pair.ToServer.Notes = false;
        pair.Listen();
        pair.Connect();
        pair.RunMilliseconds(50);
        const int Count = 5000;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Count; i++)
        {
            pair.Connect();
            if (i % 100 == 99)
            {
                pair.RunMilliseconds(10);
            }
        }

        pair.RunMilliseconds(1000);
        Assert.Equal(Count + 1, pair.ClientTcp.Established);
        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (2 * Count);
        Assert.True(each <= 640, $"{each} bytes");
        GC.KeepAlive(pair);
    }

    private static TcpHeader Header(byte[] options, TcpFlags flags)
    {
        byte[] bytes = new byte[TcpHeader.MinimumSize + options.Length];
        options.CopyTo(bytes, TcpHeader.MinimumSize);
        TcpHeader.Write(bytes, 1, 2, 3, 4, bytes.Length, flags, 5, 0);
        TcpHeader.TryParse(bytes, out TcpHeader header);
        return header;
    }
}
