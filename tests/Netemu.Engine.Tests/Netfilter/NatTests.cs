using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Sockets;
using static Netemu.Engine.Tests.Netfilter.FilterLab;

namespace Netemu.Engine.Tests.Netfilter;

public sealed class NatTests
{
    private static readonly RuleMatch Udp = new RuleMatch.Protocol(IPProtocol.Udp);

    [Fact]
    public void Masquerade_gives_the_router_s_address_and_answers_come_back()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Open(lab.Server, 53);
        lab.Table(TableName.Nat, Base("POSTROUTING", Rule(new RuleTarget.Masquerade(), new RuleMatch.Output("right"))));

        lab.Send(client, "10.0.1.2", 53, "a");
        lab.Send(client, "10.0.1.2", 53, "b");

        Assert.Equal(
            [
                "53 from 10.0.1.1:4000 a", "4000 from 10.0.1.2:53 re:a",
                "53 from 10.0.1.1:4000 b", "4000 from 10.0.1.2:53 re:b",
            ],
            lab.TakeEvents());

        // The table is asked once per connection.
        Assert.Equal(1, lab.Filter.Counter(V4, TableName.Nat, "POSTROUTING", 1).Packets);
        Connection connection = Assert.Single(lab.Filter.Connections.All());
        Assert.Equal("Udp 10.0.0.2:4000 > 10.0.1.2:53", connection.Original.ToString());
        Assert.Equal("Udp 10.0.1.2:53 > 10.0.1.1:4000", connection.Reply.ToString());
    }

    [Fact]
    public void A_destination_is_translated_before_routing_and_back_on_the_way_back()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Open(lab.Server, 53);
        lab.Table(TableName.Nat, Base(
            "PREROUTING",
            Rule(new RuleTarget.Dnat(NatRange.To(InternetAddress.Parse("10.0.1.2"), 53)), Udp, new RuleMatch.DestinationPort(PortRange.Of(5353)))));

        // To the router itself, and to an address that nobody has.
        lab.Send(client, "10.0.0.1", 5353, "own");
        lab.Send(client, "192.0.2.1", 5353, "far");

        string[] events = lab.TakeEvents();
        Assert.Equal(["53 from 10.0.0.2:4000 own", "4000 from 10.0.0.1:5353 re:own"], events[..2]);

        // Both flows would look the same to the server: the second one gets another source port.
        Assert.Matches("^53 from 10.0.0.2:(?!4000)[0-9]+ far$", events[2]);
        Assert.Equal("4000 from 192.0.2.1:5353 re:far", events[3]);
        Assert.Equal(2, lab.Filter.Connections.Count);
    }

    [Fact]
    public void Two_flows_that_would_clash_behind_one_address_get_different_ports()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        UdpSocket own = lab.Open(lab.Router, 4000);
        lab.Open(lab.Server, 53);
        lab.Table(TableName.Nat, Base("POSTROUTING", Rule(new RuleTarget.Masquerade(), new RuleMatch.Output("right"))));

        lab.Send(own, "10.0.1.2", 53, "router");
        lab.Send(client, "10.0.1.2", 53, "client");

        string[] events = lab.TakeEvents();
        Assert.Equal("53 from 10.0.1.1:4000 router", events[0]);
        Assert.Equal("4000 from 10.0.1.2:53 re:router", events[1]);
        Assert.StartsWith("53 from 10.0.1.1:", events[2], System.StringComparison.Ordinal);
        Assert.DoesNotContain(":4000 ", events[2], System.StringComparison.Ordinal);
        Assert.Equal("4000 from 10.0.1.2:53 re:client", events[3]);
    }

    [Fact]
    public void An_error_is_translated_back_with_the_packet_that_it_quotes()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Table(
            TableName.Nat,
            Base("PREROUTING", Rule(new RuleTarget.Dnat(NatRange.To(InternetAddress.Parse("10.0.1.2"), 99)), Udp)),
            Base("POSTROUTING", Rule(new RuleTarget.Masquerade(), new RuleMatch.Output("right"))));

        // Nobody listens on port 99: the server's error names the translated flow.
        lab.Send(client, "192.0.2.1", 53);

        // A socket hears it only if the quoted packet is the one that it sent.
        Assert.Equal(["4000 error 3/3 from 192.0.2.1"], lab.TakeEvents());
        Assert.Empty(lab.Client.Netfilter.Connections.All());
    }

    [Fact]
    public void Echo_requests_are_told_apart_by_their_identifiers()
    {
        using FilterLab lab = new();
        lab.Table(TableName.Nat, Base("POSTROUTING", Rule(new RuleTarget.Masquerade(), new RuleMatch.Output("right"))));

        // Both sockets have identifier 1.
        lab.Ping(lab.Client, "10.0.1.2");
        lab.Ping(lab.Router, "10.0.1.2");

        Assert.Equal(["echo from 10.0.1.2", "echo from 10.0.1.2"], lab.TakeEvents());
        Connection[] connections = [.. lab.Filter.Connections.All()];
        Assert.Equal(2, connections.Length);
        Assert.Equal(1, connections[0].Reply.SourcePort);
        Assert.NotEqual(1, connections[1].Reply.SourcePort);
    }

    [Fact]
    public void Own_packets_are_translated_and_routed_again()
    {
        using FilterLab lab = new();
        UdpSocket own = lab.Open(lab.Router, 4000);
        lab.Open(lab.Server, 53);
        lab.Table(TableName.Nat, Base(
            "OUTPUT", Rule(new RuleTarget.Dnat(NatRange.To(InternetAddress.Parse("10.0.1.2"), 53)), new RuleMatch.Destination(Net("10.0.0.9/32")))));

        lab.Send(own, "10.0.0.9", 53);

        // The source was chosen for the first way, as on Linux.
        Assert.Equal(["53 from 10.0.0.1:4000 x", "4000 from 10.0.0.9:53 re:x"], lab.TakeEvents());
    }

    [Fact]
    public void Redirect_brings_packets_to_the_router_itself()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Open(lab.Router, 3128);
        lab.Table(TableName.Nat, Base(
            "PREROUTING", Rule(new RuleTarget.Redirect(new NatRange(Ports: PortRange.Of(3128))), Udp)));

        lab.Send(client, "10.0.1.2", 80);

        Assert.Equal(["3128 from 10.0.0.2:4000 x", "4000 from 10.0.1.2:80 re:x"], lab.TakeEvents());
    }

    [Fact]
    public void Netmap_changes_the_network_and_keeps_the_host()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Open(lab.Server, 53);
        lab.Table(TableName.Nat, Base(
            "PREROUTING", Rule(new RuleTarget.NetMap(Net("10.0.1.0/24")), new RuleMatch.Destination(Net("192.0.2.0/24")))));

        lab.Send(client, "192.0.2.2", 53);

        Assert.Equal(["53 from 10.0.0.2:4000 x", "4000 from 192.0.2.2:53 re:x"], lab.TakeEvents());
    }

    [Fact]
    public void IPv6_is_translated_too()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Open(lab.Server, 53);
        lab.TableV6(
            TableName.Nat,
            Base("PREROUTING", Rule(new RuleTarget.Dnat(NatRange.To(InternetAddress.Parse("2001:db8:1::2"))), new RuleMatch.Destination(Net("2001:db8:9::/48")))),
            Base("POSTROUTING", Rule(new RuleTarget.Masquerade(), new RuleMatch.Output("right"))));

        lab.Send(client, "2001:db8:9::9", 53);
        lab.Ping(lab.Client, "2001:db8:9::9");
        lab.Send(client, "2001:db8:9::9", 54);

        Assert.Equal(
            [
                "53 from 2001:db8:1::1:4000 x", "4000 from 2001:db8:9::9:53 re:x", "echo from 2001:db8:9::9",
                "4000 error 1/4 from 2001:db8:9::9",
            ],
            lab.TakeEvents());
    }

    [Fact]
    public void A_port_range_is_kept_to()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Open(lab.Server, 53);
        NatRange range = NatRange.To(InternetAddress.Parse("10.0.1.1")) with { Ports = new PortRange(2000, 2001) };
        lab.Table(TableName.Nat, Base("POSTROUTING", Rule(new RuleTarget.Snat(range), Udp)));

        lab.Send(client, "10.0.1.2", 53);
        lab.Send(lab.Open(lab.Client, 4001), "10.0.1.2", 53);

        string[] ports = [.. lab.Filter.Connections.All().Select(c => $"{c.Reply.DestinationPort}").Order()];
        Assert.Equal(["2000", "2001"], ports);
    }
}
