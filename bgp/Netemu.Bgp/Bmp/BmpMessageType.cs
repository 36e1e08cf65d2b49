namespace Netemu.Bgp.Bmp;

/// <summary>The type octet of a BMP message (RFC 7854 section 4.1).</summary>
public enum BmpMessageType : byte
{
    RouteMonitoring = 0,
    StatisticsReport = 1,
    PeerDown = 2,
    PeerUp = 3,
    Initiation = 4,
    Termination = 5,
}
