namespace Netemu.Engine.Frames;

/// <summary>Whom a received frame is addressed to, from the receiving device's view (PACKET_HOST and its kin).</summary>
public enum PacketType : byte
{
    Host,
    Broadcast,
    Multicast,
    OtherHost,
}
