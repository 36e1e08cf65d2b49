using Netemu.Core.Time;

namespace Netemu.Engine.Tcp;

/// <summary>
/// net.ipv4.tcp_* of one namespace, with Linux's defaults. Buffers are rented as bytes come, so their limits cost nothing:
/// they are what Linux's auto-tuning would end at.
/// </summary>
public sealed class TcpSettings
{
    /// <summary>tcp_syn_retries.</summary>
    public int SynRetries { get; set; } = 6;

    /// <summary>tcp_synack_retries.</summary>
    public int SynAckRetries { get; set; } = 5;

    /// <summary>tcp_retries2: timeouts in a row until an established connection is given up.</summary>
    public int Retries { get; set; } = 15;

    /// <summary>tcp_fin_timeout: how long an orphan stays in FIN-WAIT-2.</summary>
    public Duration FinTimeout { get; set; } = Duration.FromSeconds(60);

    /// <summary>TCP_TIMEWAIT_LEN.</summary>
    public Duration TimeWait { get; set; } = Duration.FromSeconds(60);

    /// <summary>tcp_rto_min.</summary>
    public Duration MinimumTimeout { get; set; } = Duration.FromMilliseconds(200);

    /// <summary>tcp_keepalive_time.</summary>
    public Duration KeepAliveTime { get; set; } = Duration.FromSeconds(7200);

    /// <summary>tcp_keepalive_intvl.</summary>
    public Duration KeepAliveInterval { get; set; } = Duration.FromSeconds(75);

    /// <summary>tcp_keepalive_probes.</summary>
    public int KeepAliveProbes { get; set; } = 9;

    /// <summary>tcp_timestamps.</summary>
    public bool Timestamps { get; set; } = true;

    /// <summary>tcp_window_scaling.</summary>
    public bool WindowScaling { get; set; } = true;

    /// <summary>tcp_sack.</summary>
    public bool SelectiveAcknowledgments { get; set; } = true;

    /// <summary>tcp_early_retrans: 3 sends tail loss probes (RFC 8985 section 7), 0 does not.</summary>
    public bool TailLossProbe { get; set; } = true;

    /// <summary>tcp_ecn: 0 off, 1 asked for and accepted, 2 accepted only.</summary>
    public int Ecn { get; set; } = 2;

    /// <summary>tcp_early_demux: segments of the flow that came last skip what it has been through. Nothing else depends on it.</summary>
    public bool EarlyDemux { get; set; } = true;

    /// <summary>tcp_slow_start_after_idle.</summary>
    public bool SlowStartAfterIdle { get; set; } = true;

    /// <summary>tcp_challenge_ack_limit, per second.</summary>
    public int ChallengeAckLimit { get; set; } = 1000;

    /// <summary>The third value of tcp_rmem, as window: half of it is bytes.</summary>
    public int ReceiveBuffer { get; set; } = 3 << 20;

    /// <summary>The third value of tcp_wmem.</summary>
    public int SendBuffer { get; set; } = 4 << 20;

    /// <summary>somaxconn: connections that may wait for the third segment of their handshake.</summary>
    public int Backlog { get; set; } = 4096;

    /// <summary>tcp_congestion_control.</summary>
    public TcpCongestionControl CongestionControl { get; set; }

    internal TcpSettings Copy() => (TcpSettings)MemberwiseClone();
}
