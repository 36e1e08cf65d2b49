using System.Globalization;

namespace Netemu.Calico.Resources;

/// <summary>An IP protocol number, named where Calico has a name for it.</summary>
public readonly record struct IPProtocol(byte Number)
{
    public static IPProtocol Icmp => new(1);

    public static IPProtocol Tcp => new(6);

    public static IPProtocol Udp => new(17);

    public static IPProtocol IcmpV6 => new(58);

    public static IPProtocol Sctp => new(132);

    public static IPProtocol UdpLite => new(136);

    /// <summary>Whether rules may name ports with this protocol.</summary>
    public bool HasPorts => this == Tcp || this == Udp || this == Sctp;

    /// <summary>Reads Calico's names or a number from 1 to 255.</summary>
    public static bool TryParse(string text, out IPProtocol protocol)
    {
        protocol = text switch
        {
            "ICMP" => Icmp,
            "TCP" => Tcp,
            "UDP" => Udp,
            "ICMPv6" => IcmpV6,
            "SCTP" => Sctp,
            "UDPLite" => UdpLite,
            _ when byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number) => new(number),
            _ => default,
        };
        return protocol.Number != 0;
    }

    public override string ToString() => Number switch
    {
        1 => "ICMP",
        6 => "TCP",
        17 => "UDP",
        58 => "ICMPv6",
        132 => "SCTP",
        136 => "UDPLite",
        _ => Number.ToString(CultureInfo.InvariantCulture),
    };
}
