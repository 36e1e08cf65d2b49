using System;
using Netemu.Core.Time;
using Netemu.Engine.Netfilter.Connections;

namespace Netemu.Engine.Namespaces;

/// <summary>net.netfilter.nf_conntrack_* of one namespace, with Linux's defaults; times in seconds.</summary>
public sealed class ConntrackSettings
{
    private long[]? _tcp;

    /// <summary>nf_conntrack_max of a machine with 4 GiB or more.</summary>
    public int Maximum { get; set; } = 262_144;

    public long Generic { get; set; } = 600;

    public long Icmp { get; set; } = 30;

    public long Udp { get; set; } = 30;

    public long UdpStream { get; set; } = 120;

    /// <summary>TCP picked up in the middle, with no answer seen yet.</summary>
    public long Unacknowledged { get; set; } = 300;

    /// <summary>
    /// How long the first packet of a connection takes from its look-up to its confirmation: what on Linux is the time of one
    /// core, in which another core may confirm the same flow or the same port. Zero leaves no such window.
    /// </summary>
    public Duration ConfirmDelay { get; set; }

    /// <summary>The time-out of a TCP state.</summary>
    public long Of(TcpConnectionState state) => _tcp?[(int)state] ?? TcpTransitions.TimeoutSeconds(state);

    public void Set(TcpConnectionState state, long seconds)
    {
        if (_tcp is null)
        {
            _tcp = new long[Enum.GetValues<TcpConnectionState>().Length];
            for (int i = 0; i < _tcp.Length; i++)
            {
                _tcp[i] = TcpTransitions.TimeoutSeconds((TcpConnectionState)i);
            }
        }

        _tcp[(int)state] = seconds;
    }

    internal ConntrackSettings Copy()
    {
        ConntrackSettings copy = (ConntrackSettings)MemberwiseClone();
        copy._tcp = (long[]?)_tcp?.Clone();
        return copy;
    }
}
