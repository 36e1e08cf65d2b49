namespace Netemu.Commands.Applications;

/// <summary>The services of /etc/services that labs use.</summary>
internal static class ServiceNames
{
    /// <summary>The name of a port, or null.</summary>
    public static string? Of(int port, bool udp) => (port, udp) switch
    {
        (7, _) => "echo",
        (9, _) => "discard",
        (13, _) => "daytime",
        (19, _) => "chargen",
        (20, false) => "ftp-data",
        (21, false) => "ftp",
        (22, false) => "ssh",
        (23, false) => "telnet",
        (25, false) => "smtp",
        (53, _) => "domain",
        (67, true) => "bootps",
        (68, true) => "bootpc",
        (69, true) => "tftp",
        (80, false) => "http",
        (110, false) => "pop3",
        (123, true) => "ntp",
        (143, false) => "imap2",
        (161, _) => "snmp",
        (162, _) => "snmp-trap",
        (179, false) => "bgp",
        (389, _) => "ldap",
        (443, _) => "https",
        (500, true) => "isakmp",
        (514, true) => "syslog",
        (636, _) => "ldaps",
        (993, false) => "imaps",
        (1194, _) => "openvpn",
        (2049, _) => "nfs",
        (2379, false) => "etcd-client",
        (2380, false) => "etcd-server",
        (3306, false) => "mysql",
        (4500, true) => "ipsec-nat-t",
        (4789, true) => "vxlan",
        (5432, false) => "postgresql",
        (6443, false) => null,
        (8080, false) => "http-alt",
        _ => null,
    };
}
