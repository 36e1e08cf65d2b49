namespace Netemu.Bgp.Sessions;

/// <summary>What an entry of a session log tells.</summary>
public enum SessionLogKind : byte
{
    StateChanged,
    NotificationSent,
    NotificationReceived,

    /// <summary>An error in an UPDATE that the session survived (RFC 7606), or a limit that was only warned of.</summary>
    UpdateError,
}
