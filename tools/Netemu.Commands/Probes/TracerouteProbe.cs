using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Sockets;

namespace Netemu.Commands.Probes;

/// <summary>One probe of a traceroute: its hop limit, when it went out, and what came of it.</summary>
internal sealed class TracerouteProbe(int index, byte ttl)
{
    public int Index { get; } = index;

    public byte Ttl { get; } = ttl;

    public bool IsSent { get; set; }

    /// <summary>True once it has been answered, refused or given up.</summary>
    public bool IsDone { get; set; }

    /// <summary>True if the way ends here: the destination has answered, or a router refuses to go on.</summary>
    public bool IsFinal { get; set; }

    public SimTime Sent { get; set; }

    /// <summary>The round trip; zero without an answer.</summary>
    public Duration Time { get; set; }

    public InternetAddress From { get; set; }

    /// <summary>!N, !H, !X and the like; empty for none.</summary>
    public string Mark { get; set; } = string.Empty;

    public UdpSocket? Socket { get; set; }
}
