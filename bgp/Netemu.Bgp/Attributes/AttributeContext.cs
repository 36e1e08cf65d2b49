using System;

namespace Netemu.Bgp.Attributes;

/// <summary>What of the session decides how attributes are read.</summary>
[Flags]
public enum AttributeContext : byte
{
    None = 0,

    /// <summary>The peer is in our AS: LOCAL_PREF, ORIGINATOR_ID and CLUSTER_LIST mean something.</summary>
    Internal = 1,

    /// <summary>AS numbers have four octets (RFC 6793).</summary>
    FourOctetAs = 2,

    /// <summary>The peer is in our confederation: AS_PATH may have its segments (RFC 5065).</summary>
    Confederation = 4,

    /// <summary>The peer is in another member AS of it: LOCAL_PREF means something, and AS_PATH begins with such a segment.</summary>
    MemberAs = 8,
}
