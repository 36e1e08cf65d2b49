using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <summary>
/// One connection to a peer with its state of the state machine. A session has one, and a second one while a collision
/// is not resolved (RFC 4271 section 6.8).
/// </summary>
internal struct BgpConnection
{
    public IByteStream? Stream;

    private ConnectionRest? _rest;
    public SimTime HoldDue;
    public SimTime KeepaliveDue;

    /// <summary>The identifier in the peer's OPEN.</summary>
    public IPv4Address RemoteIdentifier;

    /// <summary>What both sides can (RFC 5492), except for the peer's own announcements of graceful restart.</summary>
    public BgpCapabilities RemoteCapabilities;

    /// <summary>Negotiated, in seconds; 0 for no keepalives.</summary>
    public ushort HoldTime;
    public ushort KeepaliveTime;
    public ushort RemoteRestartTime;
    public BgpState State;

    /// <summary>True if we opened it.</summary>
    public bool IsOutgoing;
    public bool IsOpenSent;

    public static BgpConnection Unused => new()
    {
        HoldDue = SimTime.Never,
        KeepaliveDue = SimTime.Never,
    };

    /// <summary>The beginning of a message whose rest has not come.</summary>
    public byte[]? Partial
    {
        readonly get => _rest?.Partial;
        set
        {
            if (value != Partial)
            {
                (_rest ??= new ConnectionRest()).Partial = value;
            }
        }
    }

    public SimTime DelayOpenDue
    {
        readonly get => _rest?.DelayOpenDue ?? SimTime.Never;
        set
        {
            if (value != DelayOpenDue)
            {
                (_rest ??= new ConnectionRest()).DelayOpenDue = value;
            }
        }
    }
}
