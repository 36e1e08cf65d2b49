namespace Netemu.Engine.Pcapng;

/// <summary>The way a packet passed its interface: bits 0-1 of the epb_flags option.</summary>
public enum PcapngDirection : byte
{
    Unknown = 0,
    Inbound = 1,
    Outbound = 2,
}
