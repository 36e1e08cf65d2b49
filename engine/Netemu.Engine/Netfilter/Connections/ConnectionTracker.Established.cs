using System;
using Netemu.Core.Wire;
using Netemu.Engine.Filtering;

namespace Netemu.Engine.Netfilter.Connections;

/// <content>
/// The packets that change nothing but a time-out: those of connections that have seen an answer and translate nothing.
/// Forwarding takes them by the batch (<see cref="EstablishedPath"/>): no hook would do with one what it does not do with all.
/// </content>
internal sealed partial class ConnectionTracker
{
    public bool TryFollow(HookPoint point, EstablishedPath path)
    {
        path.Tracker = this;
        return true;
    }

    /// <summary>Where the connections of packets stand in the table, or -1; see <see cref="ConnectionTable.Find(ReadOnlySpan{FlowPacket}, Span{int})"/>.</summary>
    public void Find(ReadOnlySpan<FlowPacket> packets, Span<int> places) => table.Find(packets, places);

    /// <summary>
    /// Does to the connection at <paramref name="place"/> what <see cref="Evaluate"/> does for one more of its packets, if it
    /// is established and translates nothing. False says that the packet must go the long way; nothing has changed then.
    /// </summary>
    public bool TryPass(int place, in FlowPacket packet, long now)
    {
        const ConnectionStatus Asked = ConnectionStatus.SeenReply | ConnectionStatus.NatMask;
        Connection connection = table.At(place, out bool reply);
        if (connection.ExpiresAt <= now || (connection.Status & Asked) != ConnectionStatus.SeenReply)
        {
            return false;
        }

        if (packet.Tuple.Protocol == IPProtocol.Udp)
        {
            Refresh(connection, IPProtocol.Udp, now);
        }
        else if (!AdvanceTcp(connection, packet.Flags, reply, now, out _))
        {
            return false;
        }

        table.Found++;
        return true;
    }
}
