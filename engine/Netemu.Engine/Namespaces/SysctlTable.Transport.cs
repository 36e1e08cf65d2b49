using System.Collections.Generic;
using System.Globalization;
using Netemu.Core.Time;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Namespaces;

/// <summary>net.ipv4.tcp_* and net.netfilter.nf_conntrack_*.</summary>
public static partial class SysctlTable
{
    private static void AddTcp(List<SysctlEntry> entries)
    {
        entries.Add(new SysctlEntry(
            "net/ipv4/tcp_congestion_control", "cubic", 0, 0,
            static (space, _) => space.Settings.Tcp.CongestionControl == TcpCongestionControl.Reno ? "reno" : "cubic",
            static (space, _, value) => space.WritableSettings.Tcp.CongestionControl =
                value == "reno" ? TcpCongestionControl.Reno : TcpCongestionControl.Cubic));
        Add(entries, "net/ipv4/tcp_timestamps", 1, 0, 2, s => s.Tcp.Timestamps ? 1 : 0, (s, v) => s.Tcp.Timestamps = v != 0);
        Add(entries, "net/ipv4/tcp_window_scaling", 1, 0, 1, s => s.Tcp.WindowScaling ? 1 : 0, (s, v) => s.Tcp.WindowScaling = v != 0);
        Add(entries, "net/ipv4/tcp_sack", 1, 0, 1, s => s.Tcp.SelectiveAcknowledgments ? 1 : 0, (s, v) => s.Tcp.SelectiveAcknowledgments = v != 0);
        Add(entries, "net/ipv4/tcp_ecn", 2, 0, 2, s => s.Tcp.Ecn, (s, v) => s.Tcp.Ecn = (int)v);
        Add(entries, "net/ipv4/tcp_early_demux", 1, 0, 255, s => s.Tcp.EarlyDemux ? 1 : 0, (s, v) => s.Tcp.EarlyDemux = v != 0);
        Add(entries, "net/ipv4/tcp_early_retrans", 3, 0, 4, s => s.Tcp.TailLossProbe ? 3 : 0, (s, v) => s.Tcp.TailLossProbe = v >= 3);
        Add(entries, "net/ipv4/tcp_slow_start_after_idle", 1, 0, 1, s => s.Tcp.SlowStartAfterIdle ? 1 : 0, (s, v) => s.Tcp.SlowStartAfterIdle = v != 0);
        Add(entries, "net/ipv4/tcp_syn_retries", 6, 1, 127, s => s.Tcp.SynRetries, (s, v) => s.Tcp.SynRetries = (int)v);
        Add(entries, "net/ipv4/tcp_synack_retries", 5, 0, 255, s => s.Tcp.SynAckRetries, (s, v) => s.Tcp.SynAckRetries = (int)v);
        Add(entries, "net/ipv4/tcp_retries2", 15, 0, 255, s => s.Tcp.Retries, (s, v) => s.Tcp.Retries = (int)v);
        Add(entries, "net/ipv4/tcp_challenge_ack_limit", 1000, 0, IntMaximum, s => s.Tcp.ChallengeAckLimit, (s, v) => s.Tcp.ChallengeAckLimit = (int)v);
        Add(entries, "net/ipv4/tcp_keepalive_probes", 9, 1, 127, s => s.Tcp.KeepAliveProbes, (s, v) => s.Tcp.KeepAliveProbes = (int)v);
        Add(entries, "net/ipv4/tcp_keepalive_time", 7200, 1, 32_767, s => Seconds(s.Tcp.KeepAliveTime), (s, v) => s.Tcp.KeepAliveTime = Duration.FromSeconds(v));
        Add(entries, "net/ipv4/tcp_keepalive_intvl", 75, 1, 32_767, s => Seconds(s.Tcp.KeepAliveInterval), (s, v) => s.Tcp.KeepAliveInterval = Duration.FromSeconds(v));
        Add(entries, "net/ipv4/tcp_fin_timeout", 60, 0, IntMaximum, s => Seconds(s.Tcp.FinTimeout), (s, v) => s.Tcp.FinTimeout = Duration.FromSeconds(v));
        Add(entries, "net/core/somaxconn", 4096, 0, IntMaximum, s => s.Tcp.Backlog, (s, v) => s.Tcp.Backlog = (int)v);
    }

    private static void AddConntrack(List<SysctlEntry> entries)
    {
        Add(entries, "net/netfilter/nf_conntrack_max", 262_144, 0, IntMaximum, s => s.Conntrack.Maximum, (s, v) => s.Conntrack.Maximum = (int)v);
        entries.Add(new SysctlEntry(
            "net/netfilter/nf_conntrack_count", "0", 0, IntMaximum,
            static (space, _) => space.Netfilter.Connections.Count.ToString(CultureInfo.InvariantCulture),
            write: null));
        Add(entries, "net/netfilter/nf_conntrack_generic_timeout", 600, 0, IntMaximum, s => s.Conntrack.Generic, (s, v) => s.Conntrack.Generic = v);
        Add(entries, "net/netfilter/nf_conntrack_icmp_timeout", 30, 0, IntMaximum, s => s.Conntrack.Icmp, (s, v) => s.Conntrack.Icmp = v);
        Add(entries, "net/netfilter/nf_conntrack_udp_timeout", 30, 0, IntMaximum, s => s.Conntrack.Udp, (s, v) => s.Conntrack.Udp = v);
        Add(entries, "net/netfilter/nf_conntrack_udp_timeout_stream", 120, 0, IntMaximum, s => s.Conntrack.UdpStream, (s, v) => s.Conntrack.UdpStream = v);
        Add(entries, "net/netfilter/nf_conntrack_tcp_timeout_unacknowledged", 300, 0, IntMaximum, s => s.Conntrack.Unacknowledged, (s, v) => s.Conntrack.Unacknowledged = v);
        foreach ((string name, TcpConnectionState state) in new[]
        {
            ("syn_sent", TcpConnectionState.SynSent), ("syn_recv", TcpConnectionState.SynReceived),
            ("established", TcpConnectionState.Established), ("fin_wait", TcpConnectionState.FinWait),
            ("close_wait", TcpConnectionState.CloseWait), ("last_ack", TcpConnectionState.LastAck),
            ("time_wait", TcpConnectionState.TimeWait), ("close", TcpConnectionState.Close),
        })
        {
            Add(
                entries, $"net/netfilter/nf_conntrack_tcp_timeout_{name}", Netfilter.Connections.TcpTransitions.TimeoutSeconds(state), 0, IntMaximum,
                s => s.Conntrack.Of(state), (s, v) => s.Conntrack.Set(state, v));
        }

        // Not Linux's: the time that a packet is on its way from the look-up to the confirmation, in microseconds.
        Add(entries, "netemu/conntrack_confirm_delay", 0, 0, 1_000_000, s => s.Conntrack.ConfirmDelay.Microseconds, (s, v) => s.Conntrack.ConfirmDelay = Duration.FromMicroseconds(v));
    }

    private static long Seconds(Duration duration) => duration.Nanoseconds / 1_000_000_000;
}
