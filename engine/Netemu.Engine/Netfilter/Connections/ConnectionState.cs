namespace Netemu.Engine.Netfilter.Connections;

/// <summary>
/// Where a packet stands in its connection (enum ip_conntrack_info): the reply states are those of packets against the
/// direction of the first.
/// </summary>
public enum ConnectionState : byte
{
    /// <summary>Connection tracking has not seen the packet; rules take it for invalid.</summary>
    None,
    Invalid,
    New,
    Established,
    EstablishedReply,
    Related,
    RelatedReply,
    Untracked,
}
