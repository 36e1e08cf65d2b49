namespace Netemu.Core.Wire;

/// <summary>IP protocol numbers and IPv6 next headers (IANA).</summary>
public enum IPProtocol : byte
{
    HopByHop = 0,
    Icmp = 1,
    Igmp = 2,
    IPv4 = 4,
    Tcp = 6,
    Udp = 17,
    Dccp = 33,
    IPv6 = 41,
    Routing = 43,
    Fragment = 44,
    Gre = 47,
    Authentication = 51,
    Icmpv6 = 58,
    NoNextHeader = 59,
    DestinationOptions = 60,
    Sctp = 132,
    UdpLite = 136,
}
