namespace Netemu.Engine.Frames;

/// <summary>
/// Why a frame ended without reaching anybody. Names follow the kernel's SKB_DROP_REASON_* where it has one. The order is
/// part of run results: add at the end of a group, before <see cref="Count"/>.
/// </summary>
public enum DropReason : byte
{
    /// <summary>No reason: never counted.</summary>
    None,

    // Links and devices.
    LinkDown,
    DeviceDown,
    NoCarrier,
    QueueFull,
    BacklogFull,
    FrameTooLong,
    NodeDown,
    FrameLimit,
    QdiscCongested,
    QdiscReset,

    // Frames.
    OtherHost,
    MalformedFrame,
    UnknownEtherType,
    UnknownVlan,

    // Bridges and stacked devices.
    BridgeSamePort,
    BridgeInvalidSource,
    BridgeReservedGroup,
    BridgeNoForwardPort,
    BridgePortBlocked,

    /// <summary>The sender is not known behind a locked port.</summary>
    BridgePortLocked,
    BridgeVlanFiltered,
    MacvlanNoChild,
    MacvlanSource,
    IpvlanNoChild,
    VxlanNoRemote,
    VxlanUnknownVni,
    TunnelNoMatch,
    TunnelNoRoute,
    TunnelLoop,
    TunnelEcn,
    TunnelChecksum,
    VxlanInvalid,
    VxlanEntryExists,
    TunNoReader,
    TunQueueFull,
    TunnelSequence,

    /// <summary>sit: an inner 6to4 address that the outer packet's contradicts (packet_is_spoofed).</summary>
    TunnelSpoofed,
    IpvlanPrivate,

    // IP input.
    MalformedIPv4,
    BadIPv4Checksum,
    MalformedIPv6,
    MartianSource,
    MartianDestination,
    ReversePathFilter,
    UnicastInLinkLayerMulticast,
    NotLocalAddress,
    ForwardingDisabled,
    NoRoute,
    HostUnreachable,
    Prohibited,
    Blackhole,
    TtlExpired,
    PacketTooBig,
    DirectedBroadcast,
    NotMulticastMember,
    IPv6Disabled,
    UnknownIPv6Option,
    IPv6RoutingHeader,

    /// <summary>A source route while accept_source_route is 0, or one that leads nowhere (ip_options_rcv_srr).</summary>
    SourceRoute,
    BeyondScope,

    // Fragments.
    FragmentOverlap,
    FragmentTimeout,
    FragmentTooLong,
    FragmentMemory,

    // Neighbours.
    ArpMalformed,
    ArpNotForUs,
    ArpIgnored,
    NdpInvalid,
    NeighbourFailed,
    NeighbourQueueFull,

    // Transport.
    MalformedIcmp,
    BadIcmpChecksum,
    IcmpIgnored,
    MalformedUdp,
    BadUdpChecksum,
    NoSocket,
    SocketBufferFull,
    MalformedTcp,
    BadTcpChecksum,
    TcpNoSocket,
    TcpInvalid,
    TcpListenOverflow,
    TcpMd5Failure,
    TtlSecurity,
    UnknownProtocol,

    // Netfilter.
    PolicyDrop,
    PolicyReject,
    ConntrackInvalid,
    ConntrackTableFull,
    NatExhausted,
    NatClash,

    // Impairments and edges.
    ImpairLoss,
    ImpairCorrupt,
    EdgeQueueFull,
    EdgeClosed,

    /// <summary>The number of reasons.</summary>
    Count,
}
