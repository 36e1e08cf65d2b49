using System;

namespace Netemu.Bgp.Rib;

/// <summary>What is known of a path besides its attributes.</summary>
[Flags]
internal enum PathFlags : byte
{
    None = 0,

    /// <summary>Kept over a graceful restart of its peer (RFC 4724 section 4.2).</summary>
    Stale = 1 << 0,

    /// <summary>Does not take part in the decision; the verdict is a <see cref="PathRejection"/>.</summary>
    Rejected = 1 << 1,

    /// <summary>Shares the traffic with the best path.</summary>
    Multipath = 1 << 2,

    /// <summary>Received from an internal peer.</summary>
    Internal = 1 << 3,

    /// <summary>Received from a route reflection client.</summary>
    FromClient = 1 << 4,

    /// <summary>The import policy changed the attributes; those received are in a column of their own.</summary>
    Modified = 1 << 5,

    /// <summary>Begins at this speaker.</summary>
    Local = 1 << 6,

    /// <summary>Received from another member AS of the confederation (RFC 5065).</summary>
    Confederation = 1 << 7,
}
