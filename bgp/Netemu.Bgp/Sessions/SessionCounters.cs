namespace Netemu.Bgp.Sessions;

/// <summary>Messages by type and direction since the neighbour was configured.</summary>
public struct SessionCounters
{
    public uint UpdatesSent;
    public uint UpdatesReceived;
    public uint KeepalivesSent;
    public uint KeepalivesReceived;
    public ushort OpensSent;
    public ushort OpensReceived;
    public ushort NotificationsSent;
    public ushort NotificationsReceived;
    public ushort RefreshesSent;
    public ushort RefreshesReceived;

    /// <summary>UPDATEs with errors that the session survived (RFC 7606).</summary>
    public ushort UpdateErrors;

    /// <summary>How often the session has left Established.</summary>
    public ushort Flaps;

    public readonly uint TotalSent => UpdatesSent + KeepalivesSent + OpensSent + NotificationsSent + RefreshesSent;

    public readonly uint TotalReceived =>
        UpdatesReceived + KeepalivesReceived + OpensReceived + NotificationsReceived + RefreshesReceived;
}
