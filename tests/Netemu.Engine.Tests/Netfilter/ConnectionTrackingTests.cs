using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Sockets;
using static Netemu.Engine.Tests.Netfilter.FilterLab;

namespace Netemu.Engine.Tests.Netfilter;

public sealed class ConnectionTrackingTests
{
    private static readonly RuleMatch Established =
        new RuleMatch.State(ConnectionStates.Established | ConnectionStates.Related);

    /// <summary>The client may begin, the server only answer.</summary>
    private static readonly Chain Stateful = Base(
        "FORWARD",
        Rule(Accept, Established),
        Rule(Drop, new RuleMatch.State(ConnectionStates.Invalid)),
        Rule(Accept, new RuleMatch.Input("left"), new RuleMatch.State(ConnectionStates.New)),
        Rule(Drop));

    [Fact]
    public void Answers_pass_where_questions_may_not()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        UdpSocket server = lab.Open(lab.Server, 53);
        lab.Table(TableName.Filter, Stateful);

        lab.Send(server, "10.0.0.2", 4000, "unasked");
        lab.Send(client, "10.0.1.2", 53, "q");

        Assert.Equal(["53 from 10.0.0.2:4000 q", "4000 from 10.0.1.2:53 re:q"], lab.TakeEvents());
        Assert.Equal(1, lab.Filter.Connections.Count);
    }

    [Fact]
    public void What_is_dropped_leaves_no_connection()
    {
        using FilterLab lab = new();
        UdpSocket server = lab.Open(lab.Server, 53);
        lab.Table(TableName.Filter, Stateful);

        lab.Send(server, "10.0.0.2", 4000);

        Assert.Equal(0, lab.Filter.Connections.Count);
    }

    [Fact]
    public void An_error_about_a_connection_is_related_and_another_is_invalid()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Table(TableName.Filter, Stateful);

        // No socket on the server: port unreachable comes back through the router.
        lab.Send(client, "10.0.1.2", 53);

        Assert.Equal(["4000 error 3/3 from 10.0.1.2"], lab.TakeEvents());
        Assert.Equal(1, lab.Filter.Counter(V4, TableName.Filter, "FORWARD", 1).Packets);
        Assert.Equal(1, lab.Filter.Connections.Count);
        lab.Filter.Connections.Clear();

        // The same error without its connection.
        lab.Filter.ReplaceTable(V4, TableName.Raw, [Base("PREROUTING", Rule(new RuleTarget.NoTrack(), new RuleMatch.Input("left")))]);
        lab.Send(client, "10.0.1.2", 53);
        Assert.Empty(lab.TakeEvents());
    }

    [Fact]
    public void IPv6_is_tracked_as_IPv4_is_and_neighbour_discovery_is_not()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Open(lab.Server, 53);
        lab.TableV6(
            TableName.Filter,
            Stateful,
            Base("INPUT", Rule(Accept, new RuleMatch.State(ConnectionStates.Untracked))) with { Policy = ChainPolicy.Drop });

        lab.Send(client, "2001:db8:1::2", 53);
        lab.Ping(lab.Client, "2001:db8:1::2");

        Assert.Equal(3, lab.TakeEvents().Length);
        Assert.Equal(2, lab.Filter.Connections.Count);
    }

    [Fact]
    public void A_datagram_is_forgotten_after_30_seconds_and_a_stream_after_120()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Open(lab.Server, 53);
        lab.Table(TableName.Filter, Stateful);

        lab.Send(client, "10.0.1.2", 53);
        lab.Run(29);
        Assert.Single(lab.Filter.Connections.All());
        lab.Run(2);
        Assert.Empty(lab.Filter.Connections.All());
        Assert.Equal(0, lab.Filter.Connections.Count);

        lab.Send(client, "10.0.1.2", 53);
        lab.Run(3);
        lab.Send(client, "10.0.1.2", 53);
        lab.Run(119);
        Assert.Equal(ConnectionStatus.Assured, Assert.Single(lab.Filter.Connections.All()).Status & ConnectionStatus.Assured);
        lab.Run(2);
        Assert.Equal(0, lab.Filter.Connections.Count);
    }

    [Fact]
    public void A_workload_that_is_gone_takes_its_connections_along()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Open(lab.Server, 53);
        lab.Table(TableName.Filter, Stateful);
        lab.Send(client, "10.0.1.2", 53);
        lab.Ping(lab.Client, "10.0.0.1");

        Assert.Equal(1, lab.Filter.Connections.RemoveByAddress(InternetAddress.Parse("10.0.1.2")));
        Assert.Equal(1, lab.Filter.Connections.RemoveByAddress(InternetAddress.Parse("10.0.0.2")));
        Assert.Equal(0, lab.Filter.Connections.Count);
    }

    [Fact]
    public void A_full_table_throws_out_what_is_not_assured_and_refuses_otherwise()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Open(lab.Server, 53);
        lab.Table(TableName.Filter, Stateful);
        lab.Filter.Connections.Maximum = 1;

        lab.Send(client, "10.0.1.2", 1000);
        lab.TakeEvents();
        lab.Send(client, "10.0.1.2", 53);
        Assert.Equal(1, lab.Filter.Connections.EarlyDropped);

        // A stream is assured after two seconds.
        lab.Run(3);
        lab.Send(client, "10.0.1.2", 53);
        lab.Drops.Clear();
        lab.Send(client, "10.0.1.2", 1000);

        Assert.Equal([("router", DropReason.ConntrackTableFull)], lab.Drops);
        Assert.Equal(1, lab.Filter.Connections.Refused);
    }

    [Fact]
    public void Fragments_are_put_together_before_ports_are_asked_for_and_taken_apart_behind()
    {
        using FilterLab lab = new();
        lab.Table(TableName.Filter, Stateful);

        lab.Ping(lab.Client, "10.0.1.2", new PingOptions { Size = 4000, Discovery = PathMtuDiscovery.Dont });

        // One datagram each way in the filter, three frames each way on the wire.
        Assert.Equal(["echo from 10.0.1.2"], lab.TakeEvents());
        Assert.Equal(1, lab.Filter.Counter(V4, TableName.Filter, "FORWARD", 1).Packets);
        Assert.Equal(1, lab.Filter.Counter(V4, TableName.Filter, "FORWARD", 3).Packets);
        Assert.Equal(4028, lab.Filter.Counter(V4, TableName.Filter, "FORWARD", 3).Bytes);
    }

    [Fact]
    public void Untracked_packets_have_no_connection()
    {
        using FilterLab lab = new();
        lab.Table(TableName.Raw, Base("PREROUTING", Rule(new RuleTarget.NoTrack())));
        lab.Table(TableName.Filter, Base("FORWARD", Rule(Accept, new RuleMatch.State(ConnectionStates.Untracked)), Rule(Drop)));

        lab.Ping(lab.Client, "10.0.1.2");

        Assert.Equal(["echo from 10.0.1.2"], lab.TakeEvents());
        Assert.Equal(0, lab.Filter.Connections.Count);
    }

    [Theory]
    [InlineData(TcpConnectionState.None, TcpFlags.Syn, false, TcpConnectionState.SynSent)]
    [InlineData(TcpConnectionState.SynSent, TcpFlags.Syn | TcpFlags.Ack, true, TcpConnectionState.SynReceived)]
    [InlineData(TcpConnectionState.SynReceived, TcpFlags.Ack, false, TcpConnectionState.Established)]
    [InlineData(TcpConnectionState.Established, TcpFlags.Fin | TcpFlags.Ack, false, TcpConnectionState.FinWait)]
    [InlineData(TcpConnectionState.FinWait, TcpFlags.Ack, true, TcpConnectionState.CloseWait)]
    [InlineData(TcpConnectionState.CloseWait, TcpFlags.Fin | TcpFlags.Ack, true, TcpConnectionState.LastAck)]
    [InlineData(TcpConnectionState.LastAck, TcpFlags.Ack, false, TcpConnectionState.TimeWait)]
    [InlineData(TcpConnectionState.TimeWait, TcpFlags.Syn, false, TcpConnectionState.SynSent)]
    [InlineData(TcpConnectionState.SynSent, TcpFlags.Syn, true, TcpConnectionState.SynSent2)]
    [InlineData(TcpConnectionState.SynSent2, TcpFlags.Syn | TcpFlags.Ack, false, TcpConnectionState.SynReceived)]
    [InlineData(TcpConnectionState.SynSent, TcpFlags.Rst | TcpFlags.Ack, true, TcpConnectionState.Close)]
    [InlineData(TcpConnectionState.None, TcpFlags.Ack, false, TcpConnectionState.Established)]
    [InlineData(TcpConnectionState.None, TcpFlags.Rst, false, TcpConnectionState.Invalid)]
    [InlineData(TcpConnectionState.None, TcpFlags.Syn | TcpFlags.Ack, false, TcpConnectionState.Invalid)]
    [InlineData(TcpConnectionState.Established, TcpFlags.Syn, false, TcpConnectionState.Ignore)]
    [InlineData(TcpConnectionState.Established, TcpFlags.None, false, TcpConnectionState.Invalid)]
    public void TCP_goes_from_state_to_state_as_the_kernel_says(
        TcpConnectionState state, TcpFlags flags, bool reply, TcpConnectionState next) =>
        Assert.Equal(next, TcpTransitions.Next(state, flags, reply));

    [Fact]
    public void TCP_has_an_answer_for_every_cell()
    {
        foreach (TcpConnectionState state in Enumerable.Range(0, 10).Select(n => (TcpConnectionState)n))
        {
            for (int flags = 0; flags < 256; flags++)
            {
                Assert.InRange(TcpTransitions.Next(state, (TcpFlags)flags, reply: false), TcpConnectionState.SynSent, TcpConnectionState.Ignore);
                Assert.InRange(TcpTransitions.Next(state, (TcpFlags)flags, reply: true), TcpConnectionState.SynSent, TcpConnectionState.Ignore);
            }
        }
    }

    [Fact]
    public void A_tuple_inverted_twice_is_itself()
    {
        ConnectionTuple tuple = new(
            InternetAddress.Parse("10.0.0.1"), InternetAddress.Parse("10.0.0.2"), IPProtocol.Tcp, 4000, 80);
        ConnectionTuple echo = new(
            InternetAddress.Parse("fe80::1"), InternetAddress.Parse("fe80::2"), IPProtocol.Icmpv6, 7, 128 << 8);

        Assert.Equal(tuple, tuple.Invert().Invert());
        Assert.Equal("Tcp 10.0.0.2:80 > 10.0.0.1:4000", tuple.Invert().ToString());
        Assert.Equal(echo, echo.Invert().Invert());
        Assert.Equal(129 << 8, echo.Invert().DestinationPort);
        Assert.Equal(7, echo.Invert().SourcePort);
    }
}
