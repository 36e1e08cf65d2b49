using Netemu.Core.Time;

namespace Netemu.Topologies.Model;

/// <summary>Timers that differ from the profile's; null keeps the profile's.</summary>
public sealed class BgpTimersSpec : Spec
{
    public BgpTimerProfile? Profile { get; internal set; }

    public Duration? Keepalive { get; internal set; }

    public Duration? Hold { get; internal set; }

    public Duration? ConnectRetry { get; internal set; }

    public Duration? AdvertisementInterval { get; internal set; }

    public Duration? DelayOpen { get; internal set; }

    public Duration? IdleHold { get; internal set; }

    public Duration? IdleHoldMaximum { get; internal set; }

    public Duration? ConnectDelay { get; internal set; }

    public Duration? SendHold { get; internal set; }

    /// <summary>Withdrawals wait for the advertisement interval as well (WRATE).</summary>
    public bool? RateLimitWithdrawals { get; internal set; }

    public bool? Jitter { get; internal set; }

    public bool? DampPeerOscillations { get; internal set; }
}
