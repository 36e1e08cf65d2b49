namespace Netemu.Bgp.Bmp;

/// <summary>Why a neighbour's session has ended (RFC 7854 section 4.9).</summary>
public enum BmpPeerDownReason : byte
{
    None = 0,

    /// <summary>This side ended it; the NOTIFICATION that it sent follows.</summary>
    LocalNotification = 1,

    /// <summary>This side ended it without a NOTIFICATION; the event of RFC 4271 section 8.1 follows in two octets.</summary>
    LocalWithoutNotification = 2,

    /// <summary>The neighbour ended it; its NOTIFICATION follows.</summary>
    RemoteNotification = 3,

    /// <summary>The neighbour's connection closed without a word.</summary>
    RemoteWithoutNotification = 4,

    /// <summary>The station will hear no more of this neighbour, whatever its state.</summary>
    PeerDeconfigured = 5,
}
