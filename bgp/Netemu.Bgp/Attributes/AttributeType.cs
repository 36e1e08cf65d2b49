namespace Netemu.Bgp.Attributes;

/// <summary>Path attribute type codes (IANA registry of RFC 4271).</summary>
public enum AttributeType : byte
{
    Origin = 1,
    AsPath = 2,
    NextHop = 3,
    MultiExitDisc = 4,
    LocalPref = 5,
    AtomicAggregate = 6,
    Aggregator = 7,
    Communities = 8,
    OriginatorId = 9,
    ClusterList = 10,
    MpReachNlri = 14,
    MpUnreachNlri = 15,
    ExtendedCommunities = 16,
    As4Path = 17,
    As4Aggregator = 18,
    LargeCommunities = 32,

    /// <summary>RFC 9234: the AS that told a customer, a peer or a client; from there it goes to customers and clients only.</summary>
    OnlyToCustomer = 35,
}
