using Netemu.Bgp.Messages;
using Netemu.Bgp.Updates;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <summary>
/// What most sessions never have: a collision, bytes that the stream did not take, stale routes, an error, a second
/// family. It exists once there is something to say, so that an undisturbed session is small.
/// </summary>
internal sealed class SessionRest
{
    public CollidingConnection? Colliding { get; set; }

    public OutputQueue? Output { get; set; }

    public StaleRoutes? Stale { get; set; }

    public SimTime IdleHoldDue { get; set; } = SimTime.Never;

    public string ShutdownMessage { get; set; } = "";

    public BgpError LastError { get; set; }

    /// <summary>The AS of the neighbour's OPEN, where the configuration names none.</summary>
    public uint LearnedAs { get; set; }

    /// <summary>The Long-Lived Stale Times of the neighbour's OPEN, in seconds (RFC 9494).</summary>
    public uint LongLivedIPv4Time { get; set; }

    public uint LongLivedIPv6Time { get; set; }

    /// <summary>A bit for each family of which a word has been said that there is too much.</summary>
    public byte FamiliesOverLimit { get; set; }

    public byte ConnectRetryCounter { get; set; }

    /// <summary>True while a NOTIFICATION that is a hard reset (RFC 8538) is being handled.</summary>
    public bool IsHardReset { get; set; }

    /// <summary>True while an automatic start follows at the end of this instant.</summary>
    public bool RestartsAtOnce { get; set; }

    public UpdateGroup? IPv6Group { get; set; }

    public int IPv6Paths { get; set; }

    public ushort NotificationsSent { get; set; }

    public ushort NotificationsReceived { get; set; }

    public ushort RefreshesSent { get; set; }

    public ushort RefreshesReceived { get; set; }

    public ushort UpdateErrors { get; set; }

    public ushort Flaps { get; set; }

    /// <summary>When the session was last lost; never if it was not.</summary>
    public SimTime LastReset { get; set; } = SimTime.Never;
}
