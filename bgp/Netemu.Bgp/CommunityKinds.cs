using System;

namespace Netemu.Bgp;

/// <summary>Kinds of communities: which of them a neighbour is sent.</summary>
[Flags]
public enum CommunityKinds : byte
{
    None = 0,

    /// <summary>RFC 1997.</summary>
    Standard = 1,

    /// <summary>RFC 4360.</summary>
    Extended = 2,

    /// <summary>RFC 8092.</summary>
    Large = 4,

    All = Standard | Extended | Large,
}
