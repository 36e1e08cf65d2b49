namespace Netemu.Felix.Rendering;

/// <summary>iptables' tables.</summary>
public enum NetfilterTable : byte
{
    Raw,
    Mangle,
    Nat,
    Filter,
}
