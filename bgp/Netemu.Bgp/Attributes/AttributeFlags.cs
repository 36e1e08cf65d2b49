using System;

namespace Netemu.Bgp.Attributes;

/// <summary>The flags octet of a path attribute (RFC 4271 section 4.3).</summary>
[Flags]
public enum AttributeFlags : byte
{
    None = 0,
    ExtendedLength = 0x10,
    Partial = 0x20,
    Transitive = 0x40,
    Optional = 0x80,
}
