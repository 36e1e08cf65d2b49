namespace Netemu.Engine.Netfilter;

/// <summary>The tables of iptables, in the order in which a packet meets them at one hook.</summary>
public enum TableName : byte
{
    Raw,
    Mangle,
    Nat,
    Filter,
}
