namespace Netemu.Topologies.Model;

/// <summary>The <c>mode</c> of a macvlan (private to source) or an ipvlan (l2 to l3s).</summary>
public enum InterfaceMode : byte
{
    Default,
    Private,
    Vepa,
    Bridge,
    Passthru,
    Source,
    L2,
    L3,
    L3S,
}
