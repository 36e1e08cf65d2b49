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

    /// <summary>Routes by a device without carrier are passed over: "all" or the device (ORCONF).</summary>
    public bool IgnoreRoutesWithLinkdown { get; set; }

    public bool IgnoreRoutesWithLinkdownIPv6 { get; set; }

    public bool ArpNotify { get; set; }

    public bool ProxyArp { get; set; }

    public bool AcceptLocal { get; set; }

    /// <summary>The first secondary address of a prefix takes the place of a primary one that is removed: "all" or the device (ORCONF).</summary>
    public bool PromoteSecondaries { get; set; }

    /// <summary>Source-routed packets pass: "all" and the device (ANDCONF). Linux's default is 1 for devices and 0 for "all".</summary>
    public bool AcceptSourceRouteIPv4 { get; set; } = true;

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

    /// <summary>proxy_delay of net.ipv6.neigh in units of 10 ms; default 80.</summary>
    public int ProxyDelayIPv6 { get; set; } = 80;

    /// <summary>Default 1, but 0 for "all": the larger counts; 2 switches IPv6 off where the link-local address is taken.</summary>
    public byte AcceptDad { get; set; } = 1;

    /// <summary>Default 1.</summary>
    public int DadTransmits { get; set; } = 1;

    /// <summary>Solicitations for duplicates carry a nonce (RFC 7527); default 1.</summary>
    public bool EnhancedDad { get; set; } = true;

    /// <summary>1 for hosts only, 2 for routers too; default 1.</summary>
    public byte AcceptRa { get; set; } = 1;

    public bool AcceptRaDefaultRouter { get; set; } = true;

    public bool AcceptRaPrefixInformation { get; set; } = true;

    public bool AcceptRaMtu { get; set; } = true;

    public bool AcceptRaRouterPreference { get; set; } = true;

    public bool AcceptRaFromLocal { get; set; }

    /// <summary>Default 1.</summary>
    public int AcceptRaMinimumHopLimit { get; set; } = 1;

    /// <summary>The metric of default routes from advertisements; default 1024.</summary>
    public uint RaDefaultRouterMetric { get; set; } = 1024;

    /// <summary>Addresses are made from advertised prefixes; default 1.</summary>
    public bool Autoconf { get; set; } = true;

    public bool AcceptRedirectsIPv6 { get; set; } = true;

    /// <summary>Routing headers: below 0 not even type 2 (RFC 5095).</summary>
    public int AcceptSourceRoute { get; set; }

    /// <summary>0 link-local addresses from the MAC, 1 none.</summary>
    public byte AddressGenerationMode { get; set; }

    /// <summary>Seconds before the first router solicitation at most, and of a DAD's random delay; default 1.</summary>
    public int RouterSolicitationDelay { get; set; } = 1;

    /// <summary>Seconds before the second; default 4.</summary>
    public int RouterSolicitationInterval { get; set; } = 4;

    /// <summary>Default 3600.</summary>
    public int RouterSolicitationMaximumInterval { get; set; } = 3600;

    /// <summary>How many; -1 for no end, the default.</summary>
    public int RouterSolicitations { get; set; } = -1;

    /// <summary>0 as the queriers say, 1 or 2 that version only.</summary>
    public byte ForceMldVersion { get; set; }

    /// <summary>Milliseconds; default 10,000.</summary>
    public int Mldv1UnsolicitedReportInterval { get; set; } = 10_000;

    /// <summary>Milliseconds; default 1,000.</summary>
    public int Mldv2UnsolicitedReportInterval { get; set; } = 1_000;

    public bool NdiscNotify { get; set; }

    public bool ForceTargetLinkLayerOption { get; set; }

    public bool DropUnsolicitedAdvertisements { get; set; }

    /// <summary>Neighbours are forgotten with the carrier; default 1 (for IPv4 arp_evict_nocarrier).</summary>
    public bool NdiscEvictNoCarrier { get; set; } = true;

    public bool ArpEvictNoCarrier { get; set; } = true;

    public bool KeepAddressesOnDown { get; set; }

    public bool DropUnicastInLinkLayerMulticastIPv6 { get; set; }

    /// <summary>Neighbour discovery in fragments is dropped (RFC 6980); default 1.</summary>
    public bool SuppressFragmentedNdisc { get; set; } = true;

    public bool UseOutputAddressesOnly { get; set; }

    /// <summary>The IPv6 MTU where it is smaller than the device's; 0 for the device's.</summary>
    public int MtuIPv6 { get; set; }

    /// <summary>Default 64; an advertisement may change it.</summary>
    public byte HopLimit { get; set; } = 64;

    public NeighbourParameters NeighboursIPv4 { get; set; } = new();

    public NeighbourParameters NeighboursIPv6 { get; set; } = new() { LockTime = 0 };

    public InterfaceSettings Copy() => (InterfaceSettings)MemberwiseClone();
}
