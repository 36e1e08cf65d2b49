namespace Netemu.Engine.Netfilter.Rules;

/// <summary>Whom the link layer meant a packet for, as `-m pkttype` names it.</summary>
public enum LinkPacketType : byte
{
    Unicast,
    Broadcast,
    Multicast,
}
