using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Tests.Tcp;

/// <summary>Opening (RFC 9293 section 3.5): three segments, refusals, retries, simultaneous open, the backlog.</summary>
public sealed class HandshakeTests
{
    [Fact]
    public void Three_segments_establish_both_sides_with_the_options_of_linux()
    {
        // Given a listener.
        TcpPair pair = new();
        pair.Listen();

        // When the client connects.
        TcpConnection connection = pair.Connect();
        Assert.False(connection.IsOpen);
        pair.RunMilliseconds(20);

        // Then SYN, SYN and ACK, ACK have crossed.
        Assert.Equal([TcpFlags.Syn, TcpFlags.Ack], pair.ToServer.Seen.ConvertAll(s => s.Flags));
        Assert.Equal([TcpFlags.Syn | TcpFlags.Ack], pair.ToClient.Seen.ConvertAll(s => s.Flags));

        // And the SYN carried MSS 1460, SACK permitted with timestamps, window scale.
        string options = pair.ToServer.Seen[0].Options;
        Assert.StartsWith("020405B4" + "0402080A", options);
        Assert.EndsWith("00000000" + "01030306", options);
        Assert.Equal(ushort.MaxValue, pair.ToServer.Seen[0].Window);
        Assert.Equal(pair.ToServer.Seen[0].Sequence + 1, pair.ToClient.Seen[0].Acknowledgment);

        // And both owners know.
        Assert.Equal(["connected"], pair.ClientOwner.Events);
        Assert.Equal(["accept"], pair.ServerOwner.Events);
        Assert.True(connection.IsOpen && pair.Accepted.IsOpen);
        Assert.Equal(1448, connection.SegmentSize);
        Assert.Equal(1, pair.ClientTcp.Established);
        pair.AssertConserved();
    }

    [Fact]
    public void A_closed_port_answers_with_a_reset()
    {
        TcpPair pair = new();
        pair.Connect();
        pair.RunMilliseconds(20);

        Assert.Equal(["closed Refused"], pair.ClientOwner.Events);
        Assert.Equal(TcpFlags.Rst | TcpFlags.Ack, Assert.Single(pair.ToClient.Seen).Flags);
        Assert.Equal(1, pair.Server.Root.Drops(DropReason.TcpNoSocket));
        Assert.Equal(1, pair.ServerTcp.Counters.OutRsts);
        Assert.Equal(0, pair.ClientTcp.Count);
    }

    [Fact]
    public void A_syn_without_an_answer_is_repeated_six_times_and_then_times_out()
    {
        TcpPair pair = new();
        pair.ToServer.Loses = (_, _) => true;
        pair.Connect();
        pair.Run(Duration.FromSeconds(200));

        // Then at 0, 1, 3, 7, 15, 31 and 63 s, and the end after 127 s.
        Assert.Equal([0, 1, 3, 7, 15, 31, 63], pair.ToServer.Seen.ConvertAll(s => s.Time.Nanoseconds / 1_000_000_000));
        Assert.Equal(["closed TimedOut"], pair.ClientOwner.Events);
        pair.AssertConserved();
    }

    [Fact]
    public void A_syn_ack_without_an_answer_is_repeated_five_times_and_then_forgotten()
    {
        TcpPair pair = new();
        TcpListener listener = pair.Listen();
        pair.ToServer.Loses = (n, _) => n > 0;
        pair.ToClient.Loses = (_, _) => true;
        pair.ClientTcp.Connect(TcpPair.ServerAddress, TcpPair.Port, StreamOptions.Default, pair.ClientOwner);
        pair.RunMilliseconds(500);
        Assert.Equal(1, listener.HalfOpen);
        pair.Run(Duration.FromSeconds(100));

        Assert.Equal([0, 1, 3, 7, 15, 31], pair.ToClient.Seen.ConvertAll(s => s.Time.Nanoseconds / 1_000_000_000));
        Assert.Equal(0, listener.HalfOpen);
        Assert.Equal(0, pair.ServerTcp.Count);
        Assert.Empty(pair.ServerOwner.Events);
    }

    [Fact]
    public void Without_a_route_the_owner_is_told_later_and_not_inside_the_call()
    {
        TcpPair pair = new();
        pair.ClientOwner.IsCalling = true;
        pair.ClientTcp.Connect(InternetAddress.Parse("192.0.2.1"), 179, StreamOptions.Default, pair.ClientOwner);
        pair.ClientOwner.IsCalling = false;
        Assert.Empty(pair.ClientOwner.Events);

        pair.RunMilliseconds(1);
        Assert.Equal(["closed Unreachable"], pair.ClientOwner.Events);
    }

    [Fact]
    public void A_neighbour_that_does_not_answer_makes_a_connect_unreachable()
    {
        TcpPair pair = new();
        pair.ClientTcp.Connect(InternetAddress.Parse("10.0.0.9"), 179, StreamOptions.Default, pair.ClientOwner);
        pair.Run(Duration.FromSeconds(5));

        Assert.Equal(["closed Unreachable"], pair.ClientOwner.Events);
        pair.AssertConserved();
    }

    [Fact]
    public void Two_syns_that_cross_make_one_connection()
    {
        // Given two sides that connect to each other between the same ports at the same time (RFC 9293 figure 8).
        TcpPair pair = new();
        foreach (TcpTable tcp in new[] { pair.ClientTcp, pair.ServerTcp })
        {
            NamespacePorts(tcp == pair.ClientTcp ? pair.Client.Root : pair.Server.Root);
        }

        TcpConnection left = pair.ClientTcp.Connect(TcpPair.ServerAddress, 5000, StreamOptions.Default, pair.ClientOwner);
        TcpConnection right = pair.ServerTcp.Connect(TcpPair.ClientAddress, 5000, StreamOptions.Default, pair.ServerOwner);
        pair.Run(Duration.FromSeconds(3));

        Assert.Equal(TcpState.Established, left.State);
        Assert.Equal(TcpState.Established, right.State);
        Assert.Equal(["connected"], pair.ClientOwner.Events);
        Assert.Equal(["connected"], pair.ServerOwner.Events);
        Assert.Contains(pair.ToServer.Seen, s => s.Flags == (TcpFlags.Syn | TcpFlags.Ack));

        static void NamespacePorts(Netemu.Engine.Namespaces.NetworkNamespace space)
        {
            space.WritableSettings.LocalPortFirst = 5000;
            space.WritableSettings.LocalPortLast = 5000;
        }
    }

    [Fact]
    public void A_full_backlog_drops_syns_with_its_reason()
    {
        TcpPair pair = new();
        TcpListener listener = pair.Listen();
        listener.Backlog = 2;
        pair.ToServer.Loses = (_, s) => s.Flags == TcpFlags.Ack;
        for (int i = 0; i < 3; i++)
        {
            pair.Connect();
        }

        pair.RunMilliseconds(100);
        Assert.Equal(2, listener.HalfOpen);
        Assert.Equal(1, pair.Server.Root.Drops(DropReason.TcpListenOverflow));
        Assert.Equal(1, pair.ServerTcp.Counters.ListenOverflows);
    }

    [Fact]
    public void An_acceptor_that_refuses_resets()
    {
        TcpPair pair = new();
        pair.ServerOwner.Accepts = false;
        pair.Listen();
        pair.Connect();
        pair.RunMilliseconds(50);

        Assert.Equal(["connected", "closed Reset"], pair.ClientOwner.Events);
        Assert.Equal(0, pair.ServerTcp.Count);
    }

    [Fact]
    public void A_port_is_taken_once()
    {
        TcpPair pair = new();
        Assert.NotNull(pair.Listen());
        Assert.Null(pair.ServerTcp.Listen(default, TcpPair.Port, pair.ServerOwner, out Engine.Sockets.Errno error));
        Assert.Equal(Engine.Sockets.Errno.EADDRINUSE, error);
        Assert.Null(pair.ServerTcp.Listen(InternetAddress.Parse("192.0.2.1"), 80, pair.ServerOwner, out error));
        Assert.Equal(Engine.Sockets.Errno.EADDRNOTAVAIL, error);
    }

    [Fact]
    public void It_works_over_ipv6_and_over_loopback()
    {
        TcpPair pair = new();
        pair.Listen();
        pair.ClientTcp.Connect(InternetAddress.Parse("2001:db8::2"), TcpPair.Port, StreamOptions.Default, pair.ClientOwner);
        pair.RunMilliseconds(50);
        Assert.Equal(["connected"], pair.ClientOwner.Events);

        StreamRecorder local = new();
        TcpConnection connection = pair.ServerTcp.Connect(InternetAddress.Parse("127.0.0.1"), TcpPair.Port, StreamOptions.Default, local);
        pair.RunMilliseconds(50);
        Assert.Equal(["connected"], local.Events);
        Assert.Equal(InternetAddress.Parse("127.0.0.1"), connection.LocalAddress);
        pair.AssertConserved();
    }
}
