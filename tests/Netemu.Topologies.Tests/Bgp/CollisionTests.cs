using System.Linq;
using Netemu.Bgp;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Links;
using Netemu.Engine.Simulation;
using Netemu.Engine.Tcp;
using Netemu.Testing;
using Netemu.Topologies.Bgp;

namespace Netemu.Topologies.Tests.Bgp;

/// <summary>Connections that cross on the wire, over emulated TCP (RFC 4271 section 6.8).</summary>
public sealed class CollisionTests
{
    public static TheoryData<int> Starts() => [.. Enumerable.Range(-16, 33).Select(i => i * 250)];

    [Theory]
    [MemberData(nameof(Starts))]
    public void Two_routers_that_connect_at_about_one_instant_are_Established_on_one_connection(int microseconds)
    {
        // Given two routers 1 ms apart, one of which starts a little before the other.
        using EmulatedNetwork network = new();
        Node r1 = network.Router("r1");
        Node r2 = network.Router("r2");
        network.Join(r1, "10.0.0.1/24", r2, "10.0.0.2/24", new LinkOptions { Delay = Duration.FromMilliseconds(1) });
        NodeSpeaker left = Speaker(r1, 65001, "10.0.0.1", 65002, "10.0.0.2");
        NodeSpeaker right = Speaker(r2, 65002, "10.0.0.2", 65001, "10.0.0.1");
        StartAt(r1, left, microseconds < 0 ? -microseconds : 0);
        StartAt(r2, right, microseconds > 0 ? microseconds : 0);

        // When ARP, the handshakes and the messages have had their round trips, and the last bytes their delayed acknowledgment.
        network.Run(Duration.FromMilliseconds(70));

        // Then one connection is Established on both sides, no session has been lost, and it stays so.
        AssertOneConnection(left, right);
        network.RunSeconds(600);
        AssertOneConnection(left, right);
        Assert.Single(r1.Root.Tcp.Connections(), c => c.State == TcpState.Established);
        Assert.Single(r2.Root.Tcp.Connections(), c => c.State == TcpState.Established);
        left.Destroy();
        right.Destroy();
    }

    private static NodeSpeaker Speaker(Node node, uint asNumber, string identifier, uint remoteAs, string remote) => NodeSpeaker.Create(
        node.Root,
        new BgpSpeakerConfiguration
        {
            As = asNumber,
            RouterId = IPv4Address.Parse(identifier),
            Timers = BgpTimers.Of(TimerProfile.Rfc4271),
            Neighbors = [new BgpNeighbor(InternetAddress.Parse(remote), new BgpNeighborConfiguration { RemoteAs = remoteAs })],
        },
        new TcpTransport(node.Root.Tcp),
        new BgpTables(),
        _ => null);

    private static void StartAt(Node node, NodeSpeaker speaker, int microseconds) =>
        ((IScheduler)node).Schedule(new CallbackTimer(() => speaker.Speaker.Start()), SimTime.Zero + Duration.FromMicroseconds(microseconds));

    private static void AssertOneConnection(NodeSpeaker left, NodeSpeaker right)
    {
        BgpSession a = left.Speaker.Neighbors.Single();
        BgpSession b = right.Speaker.Neighbors.Single();
        Assert.Equal((BgpState.Established, BgpState.Established), (a.State, b.State));
        Assert.Equal((a.LocalPort, a.RemotePort), (b.RemotePort, b.LocalPort));
        Assert.Equal((0, 0), (a.Counters.Flaps, b.Counters.Flaps));
        Assert.Equal(BgpPending.None, left.Speaker.Pending | right.Speaker.Pending);
    }
}
