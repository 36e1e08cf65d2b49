using System.Linq;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Tests.Tcp;

/// <summary>Closing (RFC 9293 section 3.6): in turn, half, at once, by reset, and the states that are left behind.</summary>
public sealed class CloseTests
{
    [Fact]
    public void A_close_ends_both_sides_and_leaves_time_wait_for_a_minute()
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();
        connection.Write("bye"u8);
        connection.Close();
        pair.RunMilliseconds(100);

        Assert.Equal("bye"u8.ToArray(), pair.ServerOwner.Received.ToArray());
        Assert.Equal(["accept", "readable", "closed EndOfStream"], pair.ServerOwner.Events);
        Assert.Equal(["connected"], pair.ClientOwner.Events);
        Assert.Equal(TcpState.TimeWait, connection.State);
        Assert.Equal(TcpTimer.TimeWait, connection.Timer);
        Assert.Equal(0, pair.ServerTcp.Count);

        pair.Run(Duration.FromSeconds(59));
        Assert.Equal(1, pair.ClientTcp.Count);
        pair.Run(Duration.FromSeconds(2));
        Assert.Equal(0, pair.ClientTcp.Count);
        pair.AssertConserved();
    }

    [Fact]
    public void A_half_closed_connection_still_carries_bytes_the_other_way()
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();
        pair.Accepted.AllowHalfOpen = true;
        connection.ShutdownWrite();
        pair.RunMilliseconds(50);
        Assert.Equal(TcpState.FinWait2, connection.State);
        Assert.Equal(TcpState.CloseWait, pair.Accepted.State);
        Assert.Equal(0, connection.Write("x"u8));

        Assert.Equal(4, pair.Accepted.Write("late"u8));
        pair.RunMilliseconds(50);
        Assert.Equal("late"u8.ToArray(), pair.ClientOwner.Received.ToArray());

        pair.Accepted.Close();
        pair.RunMilliseconds(50);
        Assert.Equal(TcpState.TimeWait, connection.State);
        Assert.Equal(0, pair.ServerTcp.Count);
        Assert.Equal("closed EndOfStream", pair.ClientOwner.Events[^1]);
    }

    [Fact]
    public void Two_fins_that_cross_leave_time_wait_on_both_sides()
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();
        TcpConnection other = pair.Accepted;
        connection.Close();
        other.Close();
        Assert.Equal(TcpState.FinWait1, connection.State);
        pair.RunMilliseconds(50);

        Assert.Equal(TcpState.TimeWait, connection.State);
        Assert.Equal(TcpState.TimeWait, other.State);
    }

    [Fact]
    public void A_lost_fin_is_sent_again()
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();
        bool lost = false;
        pair.ToServer.Loses = (_, s) => s.Has(TcpFlags.Fin) && !lost && (lost = true);
        connection.Close();
        pair.Run(Duration.FromSeconds(1));
        Assert.Equal(TcpState.TimeWait, connection.State);
        Assert.Equal(2, pair.ToServer.Seen.Count(s => s.Has(TcpFlags.Fin)));
    }

    [Fact]
    public void An_abort_resets_the_other_side()
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();
        connection.Abort();
        pair.RunMilliseconds(50);

        Assert.Equal(["accept", "closed Reset"], pair.ServerOwner.Events);
        Assert.Equal(0, pair.ClientTcp.Count + pair.ServerTcp.Count);
        Assert.Equal(1, pair.ServerTcp.Counters.EstabResets);
    }

    [Fact]
    public void A_close_with_unread_bytes_is_a_reset()
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();
        pair.ServerOwner.Reads = false;
        connection.Write("nobody reads this"u8);
        pair.RunMilliseconds(50);
        Assert.Equal(17, pair.Accepted.UnreadBytes);
        pair.Accepted.Close();
        pair.RunMilliseconds(50);

        Assert.Equal("closed Reset", pair.ClientOwner.Events[^1]);
        Assert.Equal(0, pair.Emulation.StreamBuffers.Outstanding);
    }

    [Fact]
    public void Bytes_that_come_after_a_close_are_answered_with_a_reset()
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();
        pair.Accepted.AllowHalfOpen = true;
        connection.Close();
        pair.RunMilliseconds(50);
        pair.Accepted.Write("too late"u8);
        pair.RunMilliseconds(50);

        Assert.Equal("closed Reset", pair.ServerOwner.Events[^1]);
        Assert.Equal(0, pair.ClientTcp.Count);
    }

    [Fact]
    public void An_orphan_does_not_wait_for_a_fin_for_ever()
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();
        pair.Accepted.AllowHalfOpen = true;
        connection.Close();
        pair.Run(Duration.FromSeconds(59));
        Assert.Equal(TcpState.FinWait2, connection.State);
        pair.Run(Duration.FromSeconds(2));
        Assert.Equal(0, pair.ClientTcp.Count);
    }

    [Fact]
    public void A_connection_that_nobody_answers_times_out_after_a_probe_and_fifteen_timeouts()
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();
        pair.ToServer.Loses = (_, _) => true;
        connection.Write("hello"u8);
        pair.Run(Duration.FromSeconds(1200));

        Assert.Equal("closed TimedOut", pair.ClientOwner.Events[^1]);
        Assert.Equal(15, pair.ClientTcp.Counters.Timeouts);
        Assert.Equal(1, pair.ClientTcp.Counters.LossProbes);
        Assert.Equal(16, pair.ClientTcp.Counters.RetransSegs);
        pair.AssertConserved();
    }

    [Fact]
    public void A_namespace_that_goes_away_tells_its_owners()
    {
        TcpPair pair = new();
        Netemu.Engine.Namespaces.NetworkNamespace space = pair.Client.AddNamespace("pod");
        space.Loopback.SetUp(true);
        StreamRecorder owner = new();
        space.Tcp.Listen(default, 80, owner, out _);
        space.Tcp.Connect(Netemu.Core.Addresses.InternetAddress.Parse("127.0.0.1"), 80, StreamOptions.Default, owner);
        pair.RunMilliseconds(10);
        pair.Client.RemoveNamespace(space);
        pair.RunMilliseconds(10);

        Assert.Equal(2, owner.Events.Count(e => e == "closed Destroyed"));
    }
}
