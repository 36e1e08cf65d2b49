using System.Globalization;
using Netemu.Core.Wire;

namespace Netemu.Engine.Netfilter.Text;

/// <summary>Ports by the names of /etc/services that rules have most, as iptables lists them without -n.</summary>
internal static class PortNames
{
    /// <summary>The name, or the number where there is none.</summary>
    public static string Of(int port, IPProtocol protocol)
    {
        bool tcp = protocol == IPProtocol.Tcp;
        bool udp = protocol == IPProtocol.Udp;
        string? name = port switch
        {
            1 when tcp => "tcpmux",
            7 when tcp || udp => "echo",
            9 when tcp || udp => "discard",
            13 when tcp || udp => "daytime",
            19 when tcp || udp => "chargen",
            20 when tcp => "ftp-data",
            21 when tcp => "ftp",
            22 when tcp => "ssh",
            23 when tcp => "telnet",
            25 when tcp => "smtp",
            53 when tcp || udp => "domain",
            67 when udp => "bootps",
            68 when udp => "bootpc",
            69 when udp => "tftp",
            80 when tcp => "http",
            110 when tcp => "pop3",
            123 when udp => "ntp",
            143 when tcp => "imap2",
            161 when tcp || udp => "snmp",
            162 when tcp || udp => "snmp-trap",
            179 when tcp => "bgp",
            389 when tcp || udp => "ldap",
            443 when tcp || udp => "https",
            500 when udp => "isakmp",
            514 when udp => "syslog",
            636 when tcp || udp => "ldaps",
            993 when tcp => "imaps",
            1194 when tcp || udp => "openvpn",
            2049 when tcp || udp => "nfs",
            3306 when tcp => "mysql",
            4500 when udp => "ipsec-nat-t",
            5432 when tcp => "postgresql",
            8080 when tcp => "http-alt",
            _ => null,
        };
        return name ?? port.ToString(CultureInfo.InvariantCulture);
    }
}
