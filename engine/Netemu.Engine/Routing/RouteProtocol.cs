namespace Netemu.Engine.Routing;

/// <summary>Who installed a route (rtnetlink's RTPROT_*, /etc/iproute2/rt_protos).</summary>
public enum RouteProtocol : byte
{
    Unspecified = 0,
    Redirect = 1,
    Kernel = 2,
    Boot = 3,
    Static = 4,
    RouterAdvertisement = 9,
    Bird = 12,
    Dhcp = 16,

    /// <summary>Felix's default for its own routes is Boot; 80 is what it uses when told to.</summary>
    Calico = 80,
    Bgp = 186,
}
