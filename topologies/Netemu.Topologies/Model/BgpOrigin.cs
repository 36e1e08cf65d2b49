namespace Netemu.Topologies.Model;

/// <summary>The ORIGIN attribute.</summary>
public enum BgpOrigin : byte
{
    Igp,
    Egp,
    Incomplete,
}
