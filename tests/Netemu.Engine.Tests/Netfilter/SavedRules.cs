namespace Netemu.Engine.Tests.Netfilter;

/// <summary>What iptables-save and iptables -L FORWARD -nv of iptables 1.8.9 (nf_tables) wrote for one rule set.</summary>
internal static class SavedRules
{
    public const string Save = """"
        *mangle
        :PREROUTING ACCEPT [0:0]
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        -A PREROUTING -m rpfilter --validmark --invert -j DROP
        -A PREROUTING -m rpfilter --loose -j DROP
        -A PREROUTING -j MARK --set-xmark 0x5/0xffffffff
        -A PREROUTING -j MARK --set-xmark 0x5/0x5
        -A PREROUTING -j MARK --set-xmark 0x0/0xffffff00
        -A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
        -A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1400
        COMMIT
        *raw
        :PREROUTING ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        -A PREROUTING -j NOTRACK
        -A PREROUTING -j CT --notrack
        COMMIT
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD DROP [0:0]
        :OUTPUT ACCEPT [0:0]
        :user - [0:0]
        -A FORWARD -s 10.0.0.0/8 ! -d 10.1.0.0/16 -i eth0 ! -o eth1 -p tcp -m tcp --sport 1000:2000 ! --dport 80 -j ACCEPT
        -A FORWARD -f -j DROP
        -A FORWARD -p udp -m multiport --dports 53,67:68 -j ACCEPT
        -A FORWARD -p udp -m multiport ! --sports 53,67:68 -j ACCEPT
        -A FORWARD -p tcp -m multiport --ports 53,67:68 -j ACCEPT
        -A FORWARD -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j REJECT --reject-with tcp-reset
        -A FORWARD -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j user
        -A FORWARD -p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE -g user
        -A FORWARD -p icmp -m icmp --icmp-type 8 -j ACCEPT
        -A FORWARD -p icmp -m icmp --icmp-type 8 -j ACCEPT
        -A FORWARD -p icmp -m icmp --icmp-type 3/4 -j ACCEPT
        -A FORWARD -p icmp -m icmp --icmp-type any -j ACCEPT
        -A FORWARD -p icmp -j REJECT --reject-with icmp-port-unreachable
        -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A FORWARD -m conntrack ! --ctstate NEW,UNTRACKED,DNAT -j ACCEPT
        -A FORWARD -m state --state NEW -j ACCEPT
        -A FORWARD -m conntrack --ctorigdst 10.0.0.1 --ctorigdstport 80 --ctdir ORIGINAL -j ACCEPT
        -A FORWARD -m mark --mark 0x10000/0x10000 -j ACCEPT
        -A FORWARD -m mark ! --mark 0x1 -j MARK --set-xmark 0x4000/0x4000
        -A FORWARD -m connmark --mark 0x1/0xff -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff
        -A FORWARD -j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff
        -A FORWARD -j CONNMARK --set-xmark 0x7/0xffffffff
        -A FORWARD -m addrtype --dst-type LOCAL -j ACCEPT
        -A FORWARD -m addrtype ! --src-type UNICAST,LOCAL --limit-iface-in -j ACCEPT
        -A FORWARD -m limit --limit 5/min --limit-burst 10 -j LOG --log-prefix "my drop: "
        -A FORWARD -m limit --limit 10/sec -j LOG --log-prefix foo
        -A FORWARD -m limit --limit 3/hour -j NFLOG --nflog-prefix "x y" --nflog-group 1 --nflog-size 80
        -A FORWARD -m statistic --mode random --probability 0.33332999982 -j user
        -A FORWARD -m statistic --mode random --probability 0.50000000000 -j user
        -A FORWARD -m statistic --mode nth --every 3 --packet 0 -j user
        -A FORWARD -m comment --comment "with \"quotes\" and space" -j user
        -A FORWARD -m comment --comment plain -j RETURN
        -A FORWARD -m mac --mac-source 00:11:22:33:44:55 -j user
        -A FORWARD -m length --length 100:200 -j user
        -A FORWARD -m length ! --length 100 -j user
        -A FORWARD -m ttl --ttl-lt 5 -j user
        -A FORWARD -m ttl --ttl-eq 5 -j user
        -A FORWARD -m physdev --physdev-in eth0 -j user
        -A FORWARD -p gre -j user
        -A FORWARD ! -p sctp -j user
        -A FORWARD -s 1.2.3.4/32
        -A FORWARD -j REJECT --reject-with icmp-admin-prohibited
        -A FORWARD -j REJECT --reject-with icmp-proto-unreachable
        -A FORWARD
        -A FORWARD -p tcp -m tcp -j ACCEPT
        -A FORWARD -p tcp -j TCPMSS --clamp-mss-to-pmtu
        COMMIT
        *nat
        :PREROUTING ACCEPT [0:0]
        :INPUT ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        -A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8080
        -A PREROUTING -j DNAT --to-destination 10.0.0.1
        -A PREROUTING -p tcp -j REDIRECT --to-ports 8080
        -A PREROUTING -j REDIRECT
        -A PREROUTING -d 10.0.0.0/24 -j NETMAP --to 192.168.0.0/24
        -A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE
        -A POSTROUTING -p tcp -j MASQUERADE --to-ports 1000-2000 --random
        -A POSTROUTING -j MASQUERADE --random-fully
        -A POSTROUTING -p tcp -j SNAT --to-source 1.2.3.4-1.2.3.8:1000-2000 --random --persistent
        -A POSTROUTING -j SNAT --to-source 1.2.3.4 --random-fully
        COMMIT

        """";

    public const string List = """"
        Chain FORWARD (policy DROP 0 packets, 0 bytes)
         pkts bytes target     prot opt in     out     source               destination         
            0     0 ACCEPT     6    --  eth0   !eth1   10.0.0.0/8          !10.1.0.0/16          tcp spts:1000:2000 dpt:!80
            0     0 DROP       0    -f  *      *       0.0.0.0/0            0.0.0.0/0           
            0     0 ACCEPT     17   --  *      *       0.0.0.0/0            0.0.0.0/0            multiport dports 53,67:68
            0     0 ACCEPT     17   --  *      *       0.0.0.0/0            0.0.0.0/0            multiport sports  !53,67:68
            0     0 ACCEPT     6    --  *      *       0.0.0.0/0            0.0.0.0/0            multiport ports 53,67:68
            0     0 REJECT     6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp flags:0x17/0x02 reject-with tcp-reset
            0     0 user       6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp flags:!0x17/0x02
            0     0 user       6    --  *      *       0.0.0.0/0            0.0.0.0/0           [goto]  tcp flags:0x3F/0x00
            0     0 ACCEPT     1    --  *      *       0.0.0.0/0            0.0.0.0/0            icmptype 8
            0     0 ACCEPT     1    --  *      *       0.0.0.0/0            0.0.0.0/0            icmptype 8
            0     0 ACCEPT     1    --  *      *       0.0.0.0/0            0.0.0.0/0            icmptype 3 code 4
            0     0 ACCEPT     1    --  *      *       0.0.0.0/0            0.0.0.0/0            icmptype 255
            0     0 REJECT     1    --  *      *       0.0.0.0/0            0.0.0.0/0            reject-with icmp-port-unreachable
            0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            ctstate RELATED,ESTABLISHED
            0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            ! ctstate NEW,UNTRACKED,DNAT
            0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            state NEW
            0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            ctorigdst 10.0.0.1 ctorigdstport 80 ctdir ORIGINAL
            0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            mark match 0x10000/0x10000
            0     0 MARK       0    --  *      *       0.0.0.0/0            0.0.0.0/0            mark match ! 0x1 MARK or 0x4000
            0     0 CONNMARK   0    --  *      *       0.0.0.0/0            0.0.0.0/0            connmark match  0x1/0xff CONNMARK save
            0     0 CONNMARK   0    --  *      *       0.0.0.0/0            0.0.0.0/0            CONNMARK restore mask 0xff
            0     0 CONNMARK   0    --  *      *       0.0.0.0/0            0.0.0.0/0            CONNMARK set 0x7
            0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            ADDRTYPE match dst-type LOCAL
            0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            ADDRTYPE match src-type !UNICAST,LOCAL limit-in
            0     0 LOG        0    --  *      *       0.0.0.0/0            0.0.0.0/0            limit: avg 5/min burst 10 LOG flags 0 level 4 prefix "my drop: "
            0     0 LOG        0    --  *      *       0.0.0.0/0            0.0.0.0/0            limit: avg 10/sec burst 5 LOG flags 0 level 4 prefix "foo"
            0     0 NFLOG      0    --  *      *       0.0.0.0/0            0.0.0.0/0            limit: avg 3/hour burst 5 nflog-prefix "x y" nflog-group 1 nflog-size 80
            0     0 user       0    --  *      *       0.0.0.0/0            0.0.0.0/0            statistic mode random probability 0.33332999982
            0     0 user       0    --  *      *       0.0.0.0/0            0.0.0.0/0            statistic mode random probability 0.50000000000
            0     0 user       0    --  *      *       0.0.0.0/0            0.0.0.0/0            statistic mode nth every 3
            0     0 user       0    --  *      *       0.0.0.0/0            0.0.0.0/0            /* with "quotes" and space */
            0     0 RETURN     0    --  *      *       0.0.0.0/0            0.0.0.0/0            /* plain */
            0     0 user       0    --  *      *       0.0.0.0/0            0.0.0.0/0            MAC 00:11:22:33:44:55
            0     0 user       0    --  *      *       0.0.0.0/0            0.0.0.0/0            length 100:200
            0     0 user       0    --  *      *       0.0.0.0/0            0.0.0.0/0            length !100
            0     0 user       0    --  *      *       0.0.0.0/0            0.0.0.0/0            TTL match TTL < 5
            0     0 user       0    --  *      *       0.0.0.0/0            0.0.0.0/0            TTL match TTL == 5
            0     0 user       0    --  *      *       0.0.0.0/0            0.0.0.0/0            PHYSDEV match --physdev-in eth0
            0     0 user       47   --  *      *       0.0.0.0/0            0.0.0.0/0           
            0     0 user      !132  --  *      *       0.0.0.0/0            0.0.0.0/0           
            0     0            0    --  *      *       1.2.3.4              0.0.0.0/0           
            0     0 REJECT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            reject-with icmp-admin-prohibited
            0     0 REJECT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            reject-with icmp-proto-unreachable
            0     0            0    --  *      *       0.0.0.0/0            0.0.0.0/0           
            0     0 ACCEPT     6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp
            0     0 TCPMSS     6    --  *      *       0.0.0.0/0            0.0.0.0/0            TCPMSS clamp to PMTU

        """";
}
