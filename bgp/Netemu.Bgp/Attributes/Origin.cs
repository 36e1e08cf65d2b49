namespace Netemu.Bgp.Attributes;

/// <summary>ORIGIN (RFC 4271 section 5.1.1); the lower value is preferred.</summary>
public enum Origin : byte
{
    Igp = 0,
    Egp = 1,
    Incomplete = 2,
}
