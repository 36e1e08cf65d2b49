using Netemu.Core.Time;

namespace Netemu.Topologies.Model;

/// <summary>RFC 4724, as the restarting speaker and as the helper.</summary>
public sealed class BgpGracefulRestartSpec : Spec
{
    public bool Enabled { get; internal set; } = true;

    public bool HelperOnly { get; internal set; }

    public Duration? RestartTime { get; internal set; }

    public Duration? StaleTime { get; internal set; }

    /// <summary>NOTIFICATIONs and hold timers are restarts, too (RFC 8538).</summary>
    public bool Notification { get; internal set; }

    /// <summary>Long-lived graceful restart (RFC 9494): keep routes of others beyond their restart time.</summary>
    public bool LongLived { get; internal set; }

    /// <summary>How long others shall keep ours beyond it; null asks for nothing.</summary>
    public Duration? LongLivedStaleTime { get; internal set; }

    /// <summary>Tell internal peers without the capability stale routes, too, with NO_EXPORT and LOCAL_PREF 0 (RFC 9494 section 4.6).</summary>
    public bool LongLivedPartialDeployment { get; internal set; }
}
