namespace Netemu.Topologies.Model;

/// <summary>Which transport a listener uses.</summary>
public enum TransportProtocol : byte
{
    Both,
    Tcp,
    Udp,
}
