using System;
using System.Globalization;
using Netemu.Core.Wire;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>Protocols by the names of /etc/protocols, as iptables writes and reads them.</summary>
public static class ProtocolNames
{
    public static string Text(IPProtocol protocol) => (byte)protocol switch
    {
        0 => "all",
        1 => "icmp",
        2 => "igmp",
        4 => "ipencap",
        6 => "tcp",
        17 => "udp",
        33 => "dccp",
        41 => "ipv6",
        43 => "ipv6-route",
        44 => "ipv6-frag",
        47 => "gre",
        50 => "esp",
        51 => "ah",
        58 => "ipv6-icmp",
        59 => "ipv6-nonxt",
        60 => "ipv6-opts",
        89 => "ospf",
        112 => "vrrp",
        132 => "sctp",
        135 => "ipv6-mh",
        136 => "udplite",
        byte number => $"{number}",
    };

    public static bool TryParse(string text, out IPProtocol protocol)
    {
        if (byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number))
        {
            protocol = (IPProtocol)number;
            return true;
        }

        string lower = text.ToLowerInvariant();
        lower = lower switch
        {
            "icmpv6" or "icmp6" => "ipv6-icmp",
            "ipip" or "ipv4" => "ipencap",
            _ => lower,
        };
        for (int i = 0; i < 256; i++)
        {
            if (string.Equals(Text((IPProtocol)i), lower, StringComparison.Ordinal))
            {
                protocol = (IPProtocol)i;
                return true;
            }
        }

        protocol = default;
        return false;
    }
}
