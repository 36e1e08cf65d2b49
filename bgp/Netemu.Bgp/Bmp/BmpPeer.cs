using System.Collections.Generic;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Bmp;

/// <summary>What is kept of a neighbour for the monitoring stations' sake, beside its session.</summary>
internal sealed class BmpPeer
{
    private readonly List<Connection> _connections = [];

    /// <summary>The number of its last session among all: what was noted of an earlier one is void.</summary>
    public int Epoch { get; private set; }

    public bool IsUp { get; set; }

    /// <summary>The OPENs of the session that is up; empty if nobody listened when they passed.</summary>
    public byte[] SentOpen { get; private set; } = [];

    public byte[] ReceivedOpen { get; private set; } = [];

    /// <summary>The NOTIFICATION that is about to end the session, and whose it is.</summary>
    public byte[]? Notification { get; set; }

    public bool IsNotificationOurs { get; set; }

    public uint RejectedByPolicy { get; set; }

    public uint ClusterLoops { get; set; }

    public uint AsPathLoops { get; set; }

    public uint OriginatorLoops { get; set; }

    public uint ConfederationLoops { get; set; }

    public uint TreatedAsWithdraw { get; set; }

    /// <summary>The OPENs of a connection, of which a collision has two.</summary>
    public void NoteOpen(IByteStream stream, byte[] open, bool sent)
    {
        int at = _connections.FindIndex(connection => ReferenceEquals(connection.Stream, stream));
        if (at < 0)
        {
            _connections.RemoveAll(static connection => !connection.Stream.IsOpen);
            at = _connections.Count;
            _connections.Add(new Connection(stream, [], []));
        }

        _connections[at] = sent ? _connections[at] with { Sent = open } : _connections[at] with { Received = open };
    }

    /// <summary>The session is up on this connection; the others' OPENs are forgotten.</summary>
    public void Establish(IByteStream? stream, int epoch)
    {
        Connection? used = _connections.Find(connection => ReferenceEquals(connection.Stream, stream));
        SentOpen = used?.Sent ?? [];
        ReceivedOpen = used?.Received ?? [];
        _connections.Clear();
        Epoch = epoch;
        IsUp = true;
        Notification = null;
    }

    private sealed record Connection(IByteStream Stream, byte[] Sent, byte[] Received);
}
