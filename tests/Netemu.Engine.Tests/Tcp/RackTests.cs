using System.Linq;
using Netemu.Core.Time;
using Netemu.Engine.Links;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Tests.Tcp;

/// <summary>RACK and tail loss probes (RFC 8985), on a cable of 25 ms each way.</summary>
public sealed class RackTests
{
    private const int Segment = 1448;

    [Fact]
    public void A_lost_tail_is_repaired_by_a_probe_and_not_by_a_timeout()
    {
        // RFC 8985 section 7.2: two round trips after the last transmission.
        (TcpPair pair, TcpConnection connection) = Measured();
        int first = pair.ToServer.Count;
        pair.ToServer.Loses = (n, _) => n > first + 1 && n <= first + 3;

        connection.Write(TcpPair.Pattern(4 * Segment));
        pair.RunMilliseconds(1000);

        Assert.Equal(4 * Segment, pair.ServerOwner.Received.Count - 100);
        Assert.Equal(1, pair.ClientTcp.Counters.LossProbes);
        Assert.Equal(0, pair.ClientTcp.Counters.Timeouts);
    }

    [Fact]
    public void A_probe_that_repaired_a_loss_reduces_the_window()
    {
        // Section 7.4.2, case 2.
        (TcpPair pair, TcpConnection connection) = Measured();
        int first = pair.ToServer.Count;
        int before = connection.CongestionWindow;
        pair.ToServer.Loses = (n, _) => n == first + 3;

        connection.Write(TcpPair.Pattern(4 * Segment));
        pair.RunMilliseconds(1000);
        connection.Write(TcpPair.Pattern(100));
        pair.RunMilliseconds(200);

        Assert.Equal((4 * Segment) + 200, pair.ServerOwner.Received.Count);
        Assert.InRange(connection.CongestionWindow, 2 * Segment, before - 1);
    }

    [Fact]
    public void A_probe_that_was_not_needed_leaves_the_window_alone()
    {
        // Section 7.4.2, case 3: the acknowledgment was late, and the probe is answered by one that says nothing new.
        (TcpPair pair, TcpConnection connection) = Measured();
        int before = connection.CongestionWindow;
        pair.ToClient.Loses = (_, segment) => segment.Payload.Length == 0 && pair.ToServer.Seen.Count(s => s.Payload.Length == Segment) <= 2;

        connection.Write(TcpPair.Pattern(2 * Segment));
        pair.RunMilliseconds(1000);
        connection.Write(TcpPair.Pattern(100));
        pair.RunMilliseconds(200);

        Assert.Equal(1, pair.ClientTcp.Counters.LossProbes);
        Assert.True(connection.CongestionWindow >= before, $"{connection.CongestionWindow} of {before}");
    }

    [Fact]
    public void Two_later_segments_suffice_to_find_a_loss_after_a_quarter_of_the_round_trip()
    {
        // Section 6.2, step 5: by time, where three duplicates would never come.
        (TcpPair pair, TcpConnection connection) = Measured();
        int first = pair.ToServer.Count;
        pair.ToServer.Loses = (n, _) => n == first;
        SimTime start = pair.Emulation.Now;

        connection.Write(TcpPair.Pattern(3 * Segment));
        pair.RunMilliseconds(1000);

        ObservedSegment repeated = pair.ToServer.Seen.Skip(first + 3).First(s => s.Payload.Length > 0);
        Assert.Equal(3 * Segment, pair.ServerOwner.Received.Count - 100);
        Assert.InRange((repeated.Time - start).Nanoseconds, 75_000_000, 100_000_000);
        Assert.Equal(0, pair.ClientTcp.Counters.Timeouts);
        Assert.Equal(0, pair.ClientTcp.Counters.LossProbes);
    }

    [Fact]
    public void A_retransmission_that_is_lost_too_is_found_without_a_timeout()
    {
        // Section 3.4: what was sent before a delivered segment is lost, a retransmission as well.
        (TcpPair pair, TcpConnection connection) = Measured();
        int first = pair.ToServer.Count;
        uint? lost = null;
        int losses = 0;
        pair.ToServer.Loses = (n, segment) =>
        {
            lost = n == first + 2 ? segment.Sequence : lost;
            return segment.Sequence == lost && losses++ < 2;
        };

        connection.Write(TcpPair.Pattern(60 * Segment));
        pair.RunMilliseconds(2000);

        Assert.Equal(60 * Segment, pair.ServerOwner.Received.Count - 100);
        Assert.Equal(0, pair.ClientTcp.Counters.Timeouts);
        Assert.Equal(2, pair.ClientTcp.Counters.RetransSegs);
    }

    [Fact]
    public void Without_early_retransmission_the_tail_waits_for_its_timeout()
    {
        TcpPair pair = new(new LinkOptions { Delay = Duration.FromMilliseconds(25) });
        pair.Client.Root.WritableSettings.Tcp.TailLossProbe = false;
        TcpConnection connection = Measure(pair);
        int first = pair.ToServer.Count;
        pair.ToServer.Loses = (n, _) => n == first + 3;

        connection.Write(TcpPair.Pattern(4 * Segment));
        pair.RunMilliseconds(1000);

        Assert.Equal(1, pair.ClientTcp.Counters.Timeouts);
        Assert.Equal(0, pair.ClientTcp.Counters.LossProbes);
    }

    private static (TcpPair Pair, TcpConnection Connection) Measured()
    {
        TcpPair pair = new(new LinkOptions { Delay = Duration.FromMilliseconds(25) });
        return (pair, Measure(pair));
    }

    /// <summary>A connection that knows its round trip of 50 ms and has sent 100 bytes.</summary>
    private static TcpConnection Measure(TcpPair pair)
    {
        pair.Listen();
        TcpConnection connection = pair.Connect();
        pair.RunMilliseconds(300);
        connection.Write(TcpPair.Pattern(100));
        pair.RunMilliseconds(300);
        return connection;
    }
}
