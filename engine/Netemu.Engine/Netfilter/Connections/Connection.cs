using Netemu.Core.Time;

namespace Netemu.Engine.Netfilter.Connections;

/// <summary>
/// One connection (struct nf_conn): a tuple for either direction, which differ by more than their order once addresses are
/// translated. It is in the table from its confirmation until it is removed.
/// </summary>
public sealed class Connection
{
    /// <summary>Neighbours in the table's list, which is in the order of confirmation.</summary>
    internal Connection? Previous;
    internal Connection? Next;
    internal long ExpiresAt;
    internal long ConfirmedAt;
    private readonly ConnectionTuple _original;
    private ConnectionTuple _reply;

    internal Connection(ConnectionTable table, in ConnectionTuple original)
    {
        Table = table;
        _original = original;
        _reply = original.Invert();
    }

    internal ConnectionTable Table { get; }

    /// <summary>What the first packet looked like when it came in.</summary>
    public ref readonly ConnectionTuple Original => ref _original;

    /// <summary>What an answer looks like when it comes in.</summary>
    public ref readonly ConnectionTuple Reply => ref _reply;

    public ConnectionStatus Status { get; internal set; }

    public uint Mark { get; set; }

    /// <summary>Meaningful for TCP only.</summary>
    public TcpConnectionState TcpState { get; internal set; }

    /// <summary>When the connection is forgotten unless a packet comes.</summary>
    public SimTime Expires => new(ExpiresAt);

    internal bool IsConfirmed => (Status & ConnectionStatus.Confirmed) != 0;

    /// <summary>The nat table has been asked, and has translated or is not done yet.</summary>
    internal bool MayBeTranslated => (Status & ConnectionStatus.NatMask) != 0
        || (Status & ConnectionStatus.NatDoneMask) is not (ConnectionStatus.None or ConnectionStatus.NatDoneMask);

    /// <summary>The tuple of packets in that direction.</summary>
    internal ref readonly ConnectionTuple Tuple(bool reply) => ref reply ? ref _reply : ref _original;

    /// <summary>A translation was chosen: answers will look like this. Only before confirmation.</summary>
    internal void SetReply(in ConnectionTuple reply) => _reply = reply;
}
