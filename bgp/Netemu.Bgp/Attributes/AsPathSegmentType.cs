namespace Netemu.Bgp.Attributes;

/// <summary>The type octet of an AS_PATH segment (RFC 4271 section 4.3, RFC 5065 section 3).</summary>
public enum AsPathSegmentType : byte
{
    AsSet = 1,
    AsSequence = 2,
    AsConfedSequence = 3,
    AsConfedSet = 4,
}
