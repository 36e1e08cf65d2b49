using Netemu.Commands.Shell;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;

namespace Netemu.Commands.Tests;

/// <summary>What the flags of `ip link set` do to traffic, and how ifconfig sets and shows them; what they look like is in flags.txt.</summary>
public sealed class LinkFlagTests
{
    private readonly Machine _machine = new();

    public LinkFlagTests()
    {
        EthernetDevice left = new(_machine.Namespace("a"), "eth0");
        EthernetDevice right = new(_machine.Namespace("b"), "eth0");
        _machine.Emulation.Connect(left, right, new LinkOptions { Delay = Duration.FromMilliseconds(1) });
        _machine.Run("a", "ip link set lo up; ip link set eth0 address 02:00:00:00:00:0a up; ip addr add 10.0.0.1/24 dev eth0");
        _machine.Run("b", "ip link set lo up; ip link set eth0 address 02:00:00:00:00:0b up; ip addr add 10.0.0.2/24 dev eth0; sleep 1");
    }

    [Fact]
    public void Without_arp_a_device_asks_nobody_and_answers_nobody()
    {
        // Given two hosts that have spoken.
        Assert.Equal(0, Ping("a", "10.0.0.2"));

        // When one end does without ARP.
        _machine.Run("a", "ip link set eth0 arp off");

        // Then it sends to its own MAC, which the other end does not take, and leaves the other's questions open.
        Assert.Equal(1, Ping("a", "10.0.0.2"));
        Assert.Equal("10.0.0.2 dev eth0 lladdr 02:00:00:00:00:0a NOARP \n", _machine.Run("a", "ip neigh show nud noarp").Stdout);
        _machine.Run("b", "ip neigh flush all");
        Assert.Equal("From 10.0.0.2 icmp_seq=1 Destination Host Unreachable", _machine.Run("b", "ping -c 1 10.0.0.1").Stdout.Split('\n')[1]);

        // When both have entries by hand, then they reach each other; and as before when ARP is back.
        _machine.Run("a", "ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev eth0");
        _machine.Run("b", "ip neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev eth0");
        Assert.Equal(0, Ping("a", "10.0.0.2"));
        _machine.Run("b", "ip neigh del 10.0.0.1 dev eth0");
        _machine.Run("a", "ip link set eth0 arp on");
        Assert.Equal(string.Empty, _machine.Run("a", "ip neigh").Stdout);
        Assert.Equal(0, Ping("b", "10.0.0.1"));
        Assert.Equal(0, _machine.Emulation.Frames.Outstanding);
    }

    [Fact]
    public void Without_arp_an_IPv6_address_is_not_asked_after_and_neighbours_are_not_either()
    {
        _machine.Run("a", "ip link set eth0 arp off; sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0; ip addr add 2001:db8::1/64 dev eth0");

        // No duplicate address detection: the address is not tentative at any time.
        Assert.DoesNotContain("tentative", _machine.Run("a", "ip -6 addr show dev eth0").Stdout);
        Assert.Equal(1, Ping("a", "2001:db8::2"));
        Assert.Contains("2001:db8::2 dev eth0 lladdr 02:00:00:00:00:0a NOARP", _machine.Run("a", "ip -6 neigh show nud noarp").Stdout);
    }

    [Fact]
    public void Promiscuity_counts_a_macvlan_in_passthru_mode_beside_the_administrator()
    {
        _machine.Run("a", "ip link add mv0 link eth0 type macvlan mode passthru; ip link set mv0 up");

        Assert.DoesNotContain("PROMISC", _machine.Run("a", "ip link show eth0").Stdout);
        Assert.Contains(" promiscuity 1 ", _machine.Run("a", "ip -d link show eth0").Stdout);
        _machine.Run("a", "ip link set eth0 promisc on");
        Assert.Contains(" promiscuity 2 ", _machine.Run("a", "ip -d link show eth0").Stdout);
        _machine.Run("a", "ip link set mv0 down; ip link set eth0 promisc off");
        Assert.Contains(" promiscuity 0 ", _machine.Run("a", "ip -d link show eth0").Stdout);
    }

    [Fact]
    public void A_device_without_neighbours_can_not_be_told_to_ask_for_them()
    {
        _machine.Run("a", "ip link add d0 type dummy");

        CommandResult result = _machine.Run("a", "ip link set d0 arp on");

        Assert.Equal("RTNETLINK answers: Operation not supported\nhint: a device like d0 has no neighbours here\n", result.Stderr);
        Assert.Equal(0, _machine.Run("a", "ip link set d0 arp off").Exit);
        Assert.Contains("<BROADCAST,NOARP>", _machine.Run("a", "ip link show d0").Stdout);
    }

    [Fact]
    public void Ifconfig_sets_and_shows_the_same_flags()
    {
        _machine.Run("a", "ifconfig eth0 -arp allmulti promisc -multicast txqueuelen 77");

        Assert.StartsWith("eth0: flags=963<UP,BROADCAST,RUNNING,NOARP,PROMISC,ALLMULTI>  mtu 1500\n", _machine.Run("a", "ifconfig eth0").Stdout);
        Assert.Contains("<BROADCAST,NOARP,ALLMULTI,PROMISC,UP,LOWER_UP>", _machine.Run("a", "ip link show eth0").Stdout);
        Assert.Contains("qlen 77", _machine.Run("a", "ip link show eth0").Stdout);
        _machine.Run("a", "ifconfig eth0 arp -allmulti -promisc multicast broadcast 10.0.0.127");
        Assert.StartsWith("eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n", _machine.Run("a", "ifconfig eth0").Stdout);
        Assert.Contains("inet 10.0.0.1/24 brd 10.0.0.127 scope global eth0", _machine.Run("a", "ip addr show eth0").Stdout);
    }

    private int Ping(string from, string to) => _machine.Run(from, $"ping -q -c 1 -W 1 {to}").Exit;
}
