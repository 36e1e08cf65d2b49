using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <summary>One thing that happened to a session.</summary>
public readonly record struct SessionLogEntry(SimTime At, InternetAddress Peer, SessionLogKind Kind)
{
    public BgpState From { get; init; }

    public BgpState To { get; init; }

    /// <summary>The event of the state machine.</summary>
    public BgpEvent Cause { get; init; }

    /// <summary>What the session said of itself then.</summary>
    public NotEstablishedReason Why { get; init; }

    public BgpError Error { get; init; }
}
