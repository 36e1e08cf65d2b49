namespace Netemu.Topologies.Model;

/// <summary>The isolation flag of an ipvlan parent (Documentation/networking/ipvlan.rst, section 5).</summary>
public enum IpvlanFlag : byte
{
    Bridge,
    Private,
    Vepa,
}
