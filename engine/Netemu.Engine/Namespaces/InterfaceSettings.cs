namespace Netemu.Engine.Namespaces;

/// <summary>
/// net.ipv4.conf.X and net.ipv6.conf.X of one device, or of "all" or "default". Values are the kernel's; the comment says
/// the kernel's default where it is not zero.
/// </summary>
public sealed class InterfaceSettings
{
    public bool Forwarding { get; set; }

    /// <summary>0 none, 1 strict, 2 loose; the larger of this and "all" counts (RFC 3704).</summary>
    public byte ReversePathFilter { get; set; }

    public byte ArpIgnore { get; set; }

    public byte ArpAnnounce { get; set; }

    public byte ArpAccept { get; set; }

    public bool ArpFilter { get; set; }

    public bool ArpNotify { get; set; }

    public bool ProxyArp { get; set; }

    public bool AcceptLocal { get; set; }

    public bool RouteLocalnet { get; set; }

    /// <summary>Default 1: "all" or the device (ORCONF).</summary>
    public bool SendRedirects { get; set; } = true;

    /// <summary>Default 1: for hosts "all" or the device, for routers both.</summary>
    public bool AcceptRedirects { get; set; } = true;

    public bool SecureRedirects { get; set; } = true;

    public bool DropUnicastInLinkLayerMulticast { get; set; }

    public bool BroadcastForwarding { get; set; }

    /// <summary>proxy_delay in units of 10 ms (USER_HZ); default 80.</summary>
    public int ProxyDelay { get; set; } = 80;

    public bool DisableIPv6 { get; set; }

    public bool ForwardingIPv6 { get; set; }

    public bool ProxyNdp { get; set; }

    public byte AcceptDad { get; set; } = 1;

    public int DadTransmits { get; set; } = 1;

    public byte AcceptRa { get; set; } = 1;

    /// <summary>Default 64.</summary>
    public byte HopLimit { get; set; } = 64;

    public InterfaceSettings Copy() => (InterfaceSettings)MemberwiseClone();
}
