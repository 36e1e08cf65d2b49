using Netemu.Core.Addresses;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Netfilter.Text;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Netfilter;

/// <summary>Which tables do the same to all packets of established connections, and where they count them.</summary>
public sealed class EstablishedPathTests
{
    [Fact]
    public void Packets_are_counted_at_each_rule_of_their_way_and_at_no_other()
    {
        NetworkNamespace space = Restore("""
            *mangle
            :PREROUTING ACCEPT [0:0]
            -A PREROUTING -m conntrack --ctstate ESTABLISHED
            COMMIT
            *filter
            :FORWARD DROP [0:0]
            :known - [0:0]
            :more - [0:0]
            -A FORWARD -m conntrack --ctstate INVALID -j DROP
            -A FORWARD -j known
            -A FORWARD -m conntrack ! --ctstate NEW -g more
            -A FORWARD -p udp -j DROP
            -A known -m conntrack --ctstate NEW,UNTRACKED -j ACCEPT
            -A known -j RETURN
            -A more -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A more -j DROP
            COMMIT
            """);

        space.Hooks!.Established(AddressFamily.IPv4)!.Count(3, 200);

        Assert.Equal(
            """
            *mangle
            :PREROUTING ACCEPT [3:200]
            :INPUT ACCEPT [0:0]
            :FORWARD ACCEPT [3:200]
            :OUTPUT ACCEPT [0:0]
            :POSTROUTING ACCEPT [3:200]
            [3:200] -A PREROUTING -m conntrack --ctstate ESTABLISHED
            COMMIT
            *filter
            :INPUT ACCEPT [0:0]
            :FORWARD DROP [0:0]
            :OUTPUT ACCEPT [0:0]
            :known - [0:0]
            :more - [0:0]
            [0:0] -A FORWARD -m conntrack --ctstate INVALID -j DROP
            [3:200] -A FORWARD -j known
            [3:200] -A FORWARD -m conntrack ! --ctstate NEW -g more
            [0:0] -A FORWARD -p udp -j DROP
            [0:0] -A known -m conntrack --ctstate NEW,UNTRACKED -j ACCEPT
            [3:200] -A known -j RETURN
            [3:200] -A more -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            [0:0] -A more -j DROP
            COMMIT

            """,
            TableText.Save(space.Netfilter, AddressFamily.IPv4, counters: true));
    }

    [Fact]
    public void Before_tracking_a_packet_has_no_state_yet()
    {
        NetworkNamespace space = Restore("""
            *raw
            -A PREROUTING -m conntrack --ctstate INVALID
            -A PREROUTING -m conntrack --ctstate ESTABLISHED -j DROP
            COMMIT
            *filter
            -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
            COMMIT
            """);

        space.Hooks!.Established(AddressFamily.IPv4)!.Count(1, 40);

        Assert.Equal(1, space.Netfilter.Counter(AddressFamily.IPv4, TableName.Raw, "PREROUTING", 1).Packets);
        Assert.Equal(1, space.Netfilter.PolicyCounter(AddressFamily.IPv4, TableName.Raw, "PREROUTING").Packets);
        Assert.Equal(1, space.Netfilter.Counter(AddressFamily.IPv4, TableName.Filter, "FORWARD", 1).Packets);
    }

    [Theory]
    [InlineData("-A FORWARD -m conntrack --ctstate ESTABLISHED -j DROP")]
    [InlineData("-A FORWARD -m conntrack --ctstate ESTABLISHED -j REJECT")]
    [InlineData("-A FORWARD -m conntrack --ctstate ESTABLISHED -j LOG")]
    [InlineData("-A FORWARD -p tcp\n-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT")]
    [InlineData("-A FORWARD -m mark --mark 1 -j DROP\n-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT")]
    [InlineData("-A FORWARD -i eth0 -m conntrack --ctstate ESTABLISHED -j ACCEPT")]
    [InlineData("-A FORWARD -m limit --limit 1/s\n-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT")]
    [InlineData(":FORWARD DROP [0:0]\n-A FORWARD -m conntrack --ctstate NEW -j ACCEPT")]
    public void What_a_rule_must_see_or_end_has_no_common_way(string rules)
    {
        NetworkNamespace space = Restore($"*filter\n{rules}\nCOMMIT\n");

        Assert.True(space.Netfilter.IsTracking || !rules.Contains("ctstate", System.StringComparison.Ordinal));
        Assert.Null(space.Hooks!.Established(AddressFamily.IPv4));
    }

    [Fact]
    public void Nobody_tracks_where_no_rule_asks_for_connections()
    {
        NetworkNamespace space = Restore("*filter\n-A FORWARD -j ACCEPT\nCOMMIT\n");

        Assert.Null(space.Hooks!.Established(AddressFamily.IPv4));
    }

    [Fact]
    public void A_table_in_force_and_a_hook_of_somebody_else_take_part_at_once()
    {
        NetworkNamespace space = Restore("*filter\n-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT\nCOMMIT\n");
        Assert.NotNull(space.Hooks!.Established(AddressFamily.IPv4));
        Assert.NotNull(space.Hooks.Established(AddressFamily.IPv6));

        Restore(space, "*filter\n-A FORWARD -p udp -j ACCEPT\nCOMMIT\n");
        Assert.Null(space.Hooks.Established(AddressFamily.IPv4));

        Restore(space, "*filter\n-A FORWARD -j ACCEPT\nCOMMIT\n");
        Assert.NotNull(space.Hooks.Established(AddressFamily.IPv4));

        Watcher watcher = new();
        space.Hooks.Add(AddressFamily.IPv4, HookPoint.Forward, 5, watcher);
        Assert.Null(space.Hooks.Established(AddressFamily.IPv4));
        Assert.NotNull(space.Hooks.Established(AddressFamily.IPv6));

        space.Hooks.Remove(AddressFamily.IPv4, HookPoint.Forward, watcher);
        Assert.NotNull(space.Hooks.Established(AddressFamily.IPv4));
    }

    private static NetworkNamespace Restore(string tables)
    {
        using EmulatedNetwork network = new();
        NetworkNamespace space = network.Router("r").Root;
        Restore(space, tables);
        return space;
    }

    private static void Restore(NetworkNamespace space, string tables) =>
        Assert.Equal(string.Empty, IptablesRestore.Run(space.Netfilter, AddressFamily.IPv4, tables).Error);

    private sealed class Watcher : IPacketHook
    {
        public HookVerdict Evaluate(
            NetworkNamespace space,
            HookPoint point,
            AddressFamily family,
            Frame frame,
            Netemu.Engine.Devices.NetDevice? input,
            Netemu.Engine.Devices.NetDevice? output) => HookVerdict.Accept;
    }
}
