using System.Linq;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Tests.Tcp;

/// <summary>Flow control, Nagle, delayed acknowledgments, keepalive, path MTU.</summary>
public sealed class WindowTests
{
    [Fact]
    public void A_closed_window_is_probed_until_it_opens()
    {
        TcpPair pair = new();
        pair.Server.Root.WritableSettings.Tcp.ReceiveBuffer = 10_000;
        pair.ServerOwner.Reads = false;
        TcpConnection connection = pair.Establish();
        connection.Write(TcpPair.Pattern(50_000));
        pair.Run(Duration.FromSeconds(5));

        Assert.Equal(10_000, pair.Accepted.UnreadBytes, 1448.0);
        Assert.Equal(TcpTimer.Persist, connection.Timer);
        Assert.True(pair.ClientTcp.Counters.WindowProbes is > 2 and < 8);
        Assert.Equal(0, pair.ClientTcp.Counters.Timeouts);

        // When the reader comes back, everything arrives.
        pair.ServerOwner.Reads = true;
        pair.ServerOwner.ReadAll(pair.Accepted);
        pair.Run(Duration.FromSeconds(10));
        Assert.Equal(TcpPair.Pattern(50_000), pair.ServerOwner.Received.ToArray());
    }

    [Fact]
    public void A_write_beyond_the_buffer_falls_short_and_goes_on_later()
    {
        TcpPair pair = new();
        pair.Client.Root.WritableSettings.Tcp.SendBuffer = 8_000;
        TcpConnection connection = pair.Establish();
        int more = 0;
        pair.ClientOwner.Writable = _ => more++;
        Assert.Equal(8_000, connection.Write(TcpPair.Pattern(9_000)));
        pair.RunMilliseconds(100);
        Assert.Equal(1, more);
    }

    [Fact]
    public void Small_writes_wait_for_the_acknowledgment_of_the_first_unless_told_not_to()
    {
        foreach (bool noDelay in new[] { false, true })
        {
            TcpPair pair = new();
            TcpConnection connection = pair.Establish();
            connection.NoDelay = noDelay;
            pair.ToServer.Seen.Clear();
            for (int i = 0; i < 5; i++)
            {
                connection.Write("x"u8);
            }

            pair.RunMilliseconds(100);
            Assert.Equal(noDelay ? 5 : 2, pair.ToServer.Seen.Count(s => s.Payload.Length > 0));
            Assert.Equal(5, pair.ServerOwner.Received.Count);
        }
    }

    [Fact]
    public void Every_second_full_segment_is_acknowledged_at_once()
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();
        connection.Write(TcpPair.Pattern(1448 * 16));
        pair.RunMilliseconds(200);
        pair.ToClient.Seen.Clear();
        connection.Write(TcpPair.Pattern(1448 * 4));
        pair.RunMilliseconds(20);
        Assert.Equal(2, pair.ToClient.Seen.Count);
    }

    [Fact]
    public void An_idle_connection_is_asked_nine_times_and_given_up()
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();
        connection.KeepAlive = true;
        pair.ToServer.Seen.Clear();
        pair.Run(Duration.FromSeconds(7300));
        Assert.Single(pair.ToServer.Seen);
        Assert.Equal(TcpState.Established, connection.State);

        pair.ToServer.Loses = (_, _) => true;
        pair.Run(Duration.FromSeconds(9000));
        Assert.Equal("closed TimedOut", pair.ClientOwner.Events[^1]);
        Assert.Equal(1 + 9, pair.ClientTcp.Counters.KeepAlives);
    }

    [Fact]
    public void Segments_that_come_in_the_wrong_order_or_twice_give_the_right_bytes()
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();
        uint next = pair.ToServer.Seen[^1].Sequence;
        uint ack = pair.ToServer.Seen[^1].Acknowledgment;
        pair.ToClient.Seen.Clear();
        pair.ToClient.Loses = (_, _) => true;

        // When 4..6 comes, then 2..5, then 0..3.
        pair.Inject(connection, next + 4, ack, TcpFlags.Ack, [4, 5, 6]);
        pair.Inject(connection, next + 2, ack, TcpFlags.Ack, [2, 3, 4, 5]);
        pair.Inject(connection, next, ack, TcpFlags.Ack, [0, 1, 2, 3]);
        pair.Inject(connection, next, ack, TcpFlags.Ack, [0, 1, 2, 3]);

        // Then the acknowledgments say so, with SACK blocks, and the bytes are read in order once.
        Assert.Equal([next, next, next + 7, next + 7], pair.ToClient.Seen.ConvertAll(s => s.Acknowledgment));
        Assert.EndsWith($"0101050A{next + 4:X8}{next + 7:X8}", pair.ToClient.Seen[0].Options);
        Assert.EndsWith($"0101050A{next + 2:X8}{next + 7:X8}", pair.ToClient.Seen[1].Options);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], pair.ServerOwner.Received.ToArray());
    }

    [Fact]
    public void A_fin_ahead_of_missing_bytes_waits_for_them()
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();
        uint next = pair.ToServer.Seen[^1].Sequence;
        uint ack = pair.ToServer.Seen[^1].Acknowledgment;
        pair.Inject(connection, next + 1, ack, TcpFlags.Ack | TcpFlags.Fin, [1]);
        Assert.Equal(TcpState.Established, pair.Accepted.State);
        pair.Inject(connection, next, ack, TcpFlags.Ack, [0]);
        Assert.Equal(["accept", "readable", "closed EndOfStream"], pair.ServerOwner.Events);
        Assert.Equal([0, 1], pair.ServerOwner.Received.ToArray());
    }
}
