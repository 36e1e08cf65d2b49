namespace Netemu.Felix.Messages;

/// <summary>How packets for a prefix travel between nodes.</summary>
public enum TunnelType : byte
{
    None,
    Ipip,
    Vxlan,
}
