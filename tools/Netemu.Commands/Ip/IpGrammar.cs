namespace Netemu.Commands.Ip;

/// <summary>The words of `ip` that the emulation knows, in the order in which iproute2 looks for abbreviations.</summary>
internal static class IpGrammar
{
    public const string Table = """
        -4 -6 -br -brief -d -details -s -stats -statistics -j -json -p -pretty -o -oneline -n=NETNS -netns=NETNS -f=FAMILY -family=FAMILY -c -color -N -Numeric -V -Version
        ip: address route rule neighbor neighbour link netns help
        address: add change replace delete show lst list flush help
        address add: dev=DEVICE local=PREFIX peer=ADDRESS remote=ADDRESS broadcast=ADDRESS brd=ADDRESS label=LABEL scope=SCOPE nodad noprefixroute valid_lft=forever preferred_lft=forever
        address show: dev=DEVICE up scope=SCOPE to=PREFIX label=LABEL master=DEVICE type=TYPE primary secondary permanent dynamic
        address flush: dev=DEVICE up scope=SCOPE to=PREFIX label=LABEL
        link: add set change delete show lst list help
        link add: link=DEVICE dev=NAME name=NAME address=LLADDR mtu=MTU txqueuelen=PACKETS qlen=PACKETS txqlen=PACKETS netns=NETNS type=TYPE up down
        link add type veth: peer=DEVICE
        link add type bridge: ageing_time=TIME stp_state=STATE forward_delay=TIME hello_time=TIME max_age=TIME priority=PRIORITY vlan_filtering=STATE mcast_snooping=STATE
        link set: dev=DEVICE up down name=NAME address=LLADDR mtu=MTU txqueuelen=PACKETS qlen=PACKETS txqlen=PACKETS netns=NETNS master=DEVICE nomaster promisc=on|off type=TYPE
        link set type bridge_slave: state=STATE priority=PRIORITY cost=COST hairpin=on|off learning=on|off flood=on|off mcast_flood=on|off bcast_flood=on|off isolated=on|off
        link show: dev=DEVICE up master=DEVICE nomaster type=TYPE
        route: list show lst get add change chg replace append delete flush help
        route add: to=PREFIX via=ADDRESS dev=DEVICE oif=DEVICE src=ADDRESS metric=METRIC priority=METRIC preference=METRIC table=TABLE proto=PROTOCOL protocol=PROTOCOL scope=SCOPE type=TYPE mtu=MTU onlink nexthop=NEXTHOP weight=WEIGHT unicast local broadcast anycast multicast throw unreachable prohibit blackhole nat
        route show: to=PREFIX root=PREFIX match=PREFIX exact=PREFIX table=TABLE dev=DEVICE oif=DEVICE proto=PROTOCOL protocol=PROTOCOL via=ADDRESS src=ADDRESS scope=SCOPE type=TYPE metric=METRIC unicast local broadcast throw unreachable prohibit blackhole default
        route get: to=ADDRESS from=ADDRESS oif=DEVICE dev=DEVICE mark=MARK tos=TOS
        neighbour: add change chg replace delete show lst list flush help
        neighbour add: dev=DEVICE to=ADDRESS lladdr=LLADDR nud=STATE proxy=ADDRESS
        neighbour show: dev=DEVICE to=PREFIX nud=STATE proxy unused
        rule: list lst show add delete flush help
        rule add: not from=PREFIX to=PREFIX preference=PRIORITY order=PRIORITY priority=PRIORITY pref=PRIORITY tos=TOS dsfield=TOS fwmark=MARK iif=DEVICE dev=DEVICE oif=DEVICE table=TABLE lookup=TABLE suppress_prefixlength=LENGTH sup_pl=LENGTH type=TYPE blackhole unreachable prohibit
        netns: list show lst list-id add delete exec help
        """;
}
