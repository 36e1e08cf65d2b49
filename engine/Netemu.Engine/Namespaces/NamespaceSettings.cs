using System;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Namespaces;

/// <summary>
/// The sysctls of one namespace that are not per device, with a new Linux namespace's defaults. Shared by all namespaces
/// until one is written (<see cref="NetworkNamespace.WritableSettings"/>).
/// </summary>
public sealed class NamespaceSettings
{
    /// <summary>The defaults; never written.</summary>
    internal static readonly NamespaceSettings Defaults = new();

    public InterfaceSettings All { get; private set; } = new() { AcceptDad = 0, AcceptSourceRouteIPv4 = false };

    public InterfaceSettings Default { get; private set; } = new();

    /// <summary>net.ipv4.tcp_*.</summary>
    public TcpSettings Tcp { get; private set; } = new();

    public byte IPv4DefaultTtl { get; set; } = 64;

    public bool IcmpEchoIgnoreAll { get; set; }

    public bool IcmpEchoIgnoreBroadcasts { get; set; } = true;

    /// <summary>icmp_ratelimit in milliseconds; 0 for no limit.</summary>
    public int IcmpRateLimit { get; set; } = 1000;

    /// <summary>Bits of the ICMP types that are limited: 3, 4, 11 and 12.</summary>
    public uint IcmpRateMask { get; set; } = 6168;

    /// <summary>net.ipv6.icmp.ratelimit in milliseconds; less for wider routes to the source.</summary>
    public int Icmpv6RateLimit { get; set; } = 100;

    /// <summary>Bits of the ICMPv6 error types that are limited: all but "packet too big".</summary>
    public UInt128 Icmpv6RateMask { get; set; } = ~(UInt128)4;

    /// <summary>icmp_msgs_per_sec and icmp_msgs_burst: for the errors of both families together.</summary>
    public int IcmpMessagesPerSecond { get; set; } = 1000;

    public int IcmpMessagesBurst { get; set; } = 50;

    public bool Icmpv6EchoIgnoreAll { get; set; }

    public bool Icmpv6EchoIgnoreMulticast { get; set; }

    public bool Icmpv6EchoIgnoreAnycast { get; set; }

    public bool AnycastSourceEchoReply { get; set; }

    public bool IpNonlocalBindIPv6 { get; set; }

    public bool IcmpErrorsUseInboundAddress { get; set; }

    /// <summary>0: PMTU discovery on (DF set), 1: never.</summary>
    public byte IpNoPmtuDiscovery { get; set; }

    public bool IpForwardUsePmtu { get; set; }

    /// <summary>fib_multipath_hash_policy: 0 addresses, 1 addresses and ports.</summary>
    public byte FibMultipathHashPolicy { get; set; }

    public byte FibMultipathHashPolicyIPv6 { get; set; }

    public bool IpNonlocalBind { get; set; }

    /// <summary>net.netfilter.nf_conntrack_*.</summary>
    public ConntrackSettings Conntrack { get; private set; } = new();

    public ushort LocalPortFirst { get; set; } = 32768;

    public ushort LocalPortLast { get; set; } = 60999;

    /// <summary>ping_group_range and the like are not modelled; everybody is root.</summary>
    public int UnprivilegedPortStart { get; set; } = 1024;

    /// <summary>bridge-nf-call-iptables; off unless br_netfilter's sysctl is set.</summary>
    public bool BridgeNetfilterCallIptables { get; set; }

    public bool BridgeNetfilterCallIp6tables { get; set; }

    /// <summary>True if a bridge shows packets of either family to netfilter.</summary>
    internal bool BridgeNetfilter => BridgeNetfilterCallIptables | BridgeNetfilterCallIp6tables;

    /// <summary>IPv6 is off until a node has an IPv6 address or asks for it (a deviation that keeps captures readable).</summary>
    public bool IPv6Enabled { get; set; }

    internal NamespaceSettings Copy()
    {
        NamespaceSettings copy = (NamespaceSettings)MemberwiseClone();
        copy.All = All.Copy();
        copy.Default = Default.Copy();
        copy.Tcp = Tcp.Copy();
        copy.Conntrack = Conntrack.Copy();
        return copy;
    }
}
