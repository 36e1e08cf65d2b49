namespace Netemu.Commands.Ip;

/// <summary>The words of `ip` that the emulation knows, in the order in which iproute2 looks for abbreviations.</summary>
internal static class IpGrammar
{
    public const string Table = """
        -0 -4 -6 -br -brief -d -details -s -stats -statistics -j -json -p -pretty -o -oneline -n=NETNS -netns=NETNS -f=FAMILY -family=FAMILY -c -color -N -Numeric -a -all -V -Version
        ip: address maddress route rule neighbor neighbour tunnel tuntap link netns nexthop help
        address: add change replace delete show lst list flush help
        address add: dev=DEVICE local=PREFIX peer=ADDRESS remote=ADDRESS broadcast=ADDRESS brd=ADDRESS label=LABEL scope=SCOPE nodad noprefixroute metric=METRIC priority=METRIC preference=METRIC valid_lft=SECONDS preferred_lft=SECONDS
        address show: dev=DEVICE group=GROUP up scope=SCOPE to=PREFIX label=LABEL master=DEVICE type=TYPE primary secondary permanent dynamic
        address flush: dev=DEVICE up scope=SCOPE to=PREFIX label=LABEL
        maddress: add delete show lst list help
        maddress add: address=LLADDR dev=DEVICE
        maddress delete: address=LLADDR dev=DEVICE
        maddress show: dev=DEVICE
        link: add set change delete show lst list help
        link add: link=DEVICE dev=NAME name=NAME address=LLADDR mtu=MTU txqueuelen=PACKETS qlen=PACKETS txqlen=PACKETS netns=NETNS alias=NAME group=GROUP arp=on|off multicast=on|off allmulticast=on|off promisc=on|off type=TYPE up down
        link add type veth: peer=DEVICE
        link add type bridge: ageing_time=TIME stp_state=STATE forward_delay=TIME hello_time=TIME max_age=TIME priority=PRIORITY vlan_filtering=STATE vlan_default_pvid=VLAN group_fwd_mask=MASK no_linklocal_learn=STATE mcast_snooping=STATE
        link add type vlan: id=VLAN protocol=PROTOCOL loose_binding=on|off reorder_hdr=on|off
        link add type macvlan: mode=MODE macaddr=COMMAND bcqueuelen=LENGTH
        link add type ipvlan: mode=MODE bridge private vepa
        link add type vxlan: id=VNI vni=VNI group=ADDRESS remote=ADDRESS local=ADDRESS dev=DEVICE dstport=PORT srcport=PORTS port=PORTS ttl=TTL hoplimit=TTL tos=TOS dsfield=TOS df=DF ageing=SECONDS maxaddress=NUMBER learning nolearning proxy noproxy l2miss nol2miss l3miss nol3miss udpcsum noudpcsum udp6zerocsumtx noudp6zerocsumtx udp6zerocsumrx noudp6zerocsumrx
        link add type ipip: mode=MODE remote=ADDRESS local=ADDRESS dev=DEVICE ttl=TTL tos=TOS pmtudisc nopmtudisc fwmark=MARK
        link add type sit: mode=MODE remote=ADDRESS local=ADDRESS dev=DEVICE ttl=TTL tos=TOS pmtudisc nopmtudisc fwmark=MARK
        link add type gre: remote=ADDRESS local=ADDRESS dev=DEVICE ttl=TTL tos=TOS key=KEY ikey=KEY okey=KEY seq iseq oseq csum icsum ocsum pmtudisc nopmtudisc ignore-df fwmark=MARK
        link add type gretap: remote=ADDRESS local=ADDRESS dev=DEVICE ttl=TTL tos=TOS key=KEY ikey=KEY okey=KEY seq iseq oseq csum icsum ocsum pmtudisc nopmtudisc ignore-df fwmark=MARK
        link set: dev=DEVICE up down name=NAME address=LLADDR mtu=MTU txqueuelen=PACKETS qlen=PACKETS txqlen=PACKETS netns=NETNS master=DEVICE nomaster alias=NAME group=GROUP arp=on|off multicast=on|off allmulticast=on|off promisc=on|off type=TYPE
        link set type bridge_slave: state=STATE priority=PRIORITY cost=COST hairpin=on|off learning=on|off flood=on|off mcast_flood=on|off bcast_flood=on|off isolated=on|off guard=on|off root_block=on|off locked=on|off group_fwd_mask=MASK
        link delete: dev=DEVICE group=GROUP type=TYPE
        link show: dev=DEVICE group=GROUP up master=DEVICE nomaster type=TYPE
        route: list show lst get add change chg replace append prepend delete flush help
        route add: to=PREFIX via=ADDRESS dev=DEVICE oif=DEVICE src=ADDRESS metric=METRIC priority=METRIC preference=METRIC table=TABLE proto=PROTOCOL protocol=PROTOCOL scope=SCOPE type=TYPE mtu=MTU onlink nhid=ID nexthop=NEXTHOP weight=WEIGHT unicast local broadcast anycast multicast throw unreachable prohibit blackhole nat
        route show: to=PREFIX root=PREFIX match=PREFIX exact=PREFIX table=TABLE dev=DEVICE oif=DEVICE proto=PROTOCOL protocol=PROTOCOL via=ADDRESS src=ADDRESS scope=SCOPE type=TYPE metric=METRIC unicast local broadcast throw unreachable prohibit blackhole default
        route get: to=ADDRESS from=ADDRESS iif=DEVICE oif=DEVICE dev=DEVICE mark=MARK tos=TOS uid=UID ipproto=PROTOCOL sport=PORT dport=PORT fibmatch
        neighbour: add change chg replace delete get show lst list flush help
        neighbour get: dev=DEVICE to=ADDRESS proxy=ADDRESS
        neighbour add: dev=DEVICE to=ADDRESS lladdr=LLADDR nud=STATE proxy=ADDRESS router use extern_learn protocol=PROTOCOL
        neighbour show: dev=DEVICE to=PREFIX nud=STATE proxy unused
        rule: list lst show add delete flush help
        rule add: not from=PREFIX to=PREFIX preference=PRIORITY order=PRIORITY priority=PRIORITY pref=PRIORITY tos=TOS dsfield=TOS fwmark=MARK iif=DEVICE dev=DEVICE oif=DEVICE table=TABLE lookup=TABLE suppress_prefixlength=LENGTH sup_pl=LENGTH ipproto=PROTOCOL sport=PORTS dport=PORTS goto=PRIORITY protocol=PROTOCOL proto=PROTOCOL nop type=TYPE blackhole unreachable prohibit
        nexthop: list show lst get add replace delete flush bucket help
        nexthop add: id=ID via=ADDRESS dev=DEVICE onlink blackhole group=GROUP type=mpath|resilient buckets=NUMBER idle_timer=SECONDS unbalanced_timer=SECONDS proto=PROTOCOL protocol=PROTOCOL
        nexthop show: id=ID dev=DEVICE groups proto=PROTOCOL
        nexthop bucket: show list id=ID dev=DEVICE nhid=ID
        tunnel: add change delete show list lst help
        tunnel add: name=NAME mode=MODE remote=ADDRESS local=ADDRESS dev=DEVICE ttl=TTL tos=TOS key=KEY ikey=KEY okey=KEY seq iseq oseq csum icsum ocsum pmtudisc nopmtudisc
        tuntap: add delete show list lst help
        tuntap add: dev=NAME name=NAME mode=tun|tap
        netns: list show lst list-id add delete identify pids exec help
        netns list-id: nsid=NSID
        """;
}
