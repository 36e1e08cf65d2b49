using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Queueing;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Tests.Tcp;

/// <summary>Explicit congestion notification (RFC 3168).</summary>
public sealed class EcnTests
{
    private const TcpFlags Both = TcpFlags.Ece | TcpFlags.Cwr;

    [Theory]
    [InlineData(2, 2, TcpFlags.None, TcpFlags.None, false)]
    [InlineData(1, 2, Both, TcpFlags.Ece, true)]
    [InlineData(1, 1, Both, TcpFlags.Ece, true)]
    [InlineData(1, 0, Both, TcpFlags.None, false)]
    [InlineData(0, 1, TcpFlags.None, TcpFlags.None, false)]
    public void A_connection_uses_it_if_the_client_asks_and_the_server_agrees(int client, int server, TcpFlags syn, TcpFlags answer, bool used)
    {
        // RFC 3168 section 6.1.1.
        (TcpPair pair, TcpConnection connection) = Establish(client, server);

        Assert.Equal(syn, pair.ToServer.Seen[0].Flags & Both);
        Assert.Equal(answer, pair.ToClient.Seen[0].Flags & Both);
        Assert.Equal(used, connection.UsesEcn);
        Assert.Equal(used, pair.Accepted.UsesEcn);
    }

    [Fact]
    public void A_syn_that_goes_again_asks_no_more()
    {
        // Section 6.1.1.1: somebody on the path may dislike the flags.
        TcpPair pair = new();
        pair.Client.Root.WritableSettings.Tcp.Ecn = 1;
        pair.ToServer.Loses = (n, _) => n == 0;
        pair.Listen();
        TcpConnection connection = pair.Connect();
        pair.RunMilliseconds(1500);

        Assert.Equal(TcpFlags.None, pair.ToServer.Seen[1].Flags & Both);
        Assert.Equal(TcpState.Established, connection.State);
        Assert.False(connection.UsesEcn);
    }

    [Fact]
    public void Only_new_data_is_marked_as_capable()
    {
        // Sections 6.1.1, 6.1.4 and 6.1.5: not a SYN, not a pure acknowledgment, not a retransmission.
        (TcpPair pair, TcpConnection connection) = Establish(1, 1);
        Marker marker = new(0);
        pair.Server.Root.WritableHooks().Add(AddressFamily.IPv4, HookPoint.Prerouting, -400, marker);
        int first = pair.ToServer.Count;
        pair.ToServer.Loses = (n, _) => n == first;
        connection.Write(TcpPair.Pattern(1448));
        pair.RunMilliseconds(1000);

        Assert.Equal([2, 0], marker.Codepoints);
    }

    [Fact]
    public void A_mark_is_echoed_until_the_window_has_been_reduced_and_nothing_is_sent_again()
    {
        // Sections 6.1.2 and 6.1.3.
        (TcpPair pair, TcpConnection connection) = Establish(1, 1);
        pair.Server.Root.WritableHooks().Add(AddressFamily.IPv4, HookPoint.Prerouting, -400, new Marker(4));
        int before = connection.CongestionWindow;
        connection.Write(TcpPair.Pattern(200_000));
        pair.RunMilliseconds(6);
        Assert.True(connection.CongestionWindow < before + (4 * 1448), $"{connection.CongestionWindow}");
        int reduced = connection.SlowStartThreshold;
        pair.RunMilliseconds(1000);

        Assert.Equal(200_000, pair.ServerOwner.Received.Count);
        Assert.NotEqual(int.MaxValue, reduced);
        Assert.Equal(reduced, connection.SlowStartThreshold);
        Assert.Equal(0, pair.ClientTcp.Counters.RetransSegs);
        Assert.Equal(1, pair.ServerTcp.Counters.CongestionMarks);

        // ECE from the mark on, until the one segment with CWR; none behind it.
        ObservedSegment answer = Assert.Single(pair.ToServer.Seen, s => s.Has(TcpFlags.Cwr) && s.Payload.Length > 0);
        Assert.Contains(pair.ToClient.Seen, s => s.Has(TcpFlags.Ece) && !s.Has(TcpFlags.Syn));
        Assert.DoesNotContain(pair.ToClient.Seen, s => s.Has(TcpFlags.Ece) && s.Time > answer.Time + Core.Time.Duration.FromMilliseconds(2));
    }

    private static (TcpPair Pair, TcpConnection Connection) Establish(int client, int server)
    {
        TcpPair pair = new();
        pair.Client.Root.WritableSettings.Tcp.Ecn = client;
        pair.Server.Root.WritableSettings.Tcp.Ecn = server;
        return (pair, pair.Establish());
    }

    /// <summary>Marks one of the segments with data, by its number from 1, and notes the codepoints of all.</summary>
    private sealed class Marker(int number) : IPacketHook
    {
        private int _count;

        public System.Collections.Generic.List<int> Codepoints { get; } = [];

        public HookVerdict Evaluate(
            NetworkNamespace space, HookPoint point, AddressFamily family, Frame frame, NetDevice? input, NetDevice? output)
        {
            IPv4Header ip = new(frame.Bytes[EthernetHeader.Size..]);
            if (ip.Protocol == IPProtocol.Tcp && ip.Payload.Length > 32)
            {
                Codepoints.Add(ip.TrafficClass & 3);
                if (++_count == number)
                {
                    Assert.True(FrameFields.TrySetCongestion(frame));
                }
            }

            return HookVerdict.Accept;
        }
    }
}
