using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Netfilter.Connections;

/// <summary>
/// The last hook of Postrouting and LocalIn (nf_conntrack_confirm): a connection whose first packet got so far enters the
/// table.
/// </summary>
internal sealed class ConnectionConfirmation(ConnectionTable table) : IPacketHook
{
    public HookVerdict Evaluate(
        NetworkNamespace space, HookPoint point, AddressFamily family, Frame frame, NetDevice? input, NetDevice? output)
    {
        // An ICMP error does not confirm the connection that it is related to.
        if (frame.ConnectionState != ConnectionState.New || frame.Connection is not Connection connection
            || connection.IsConfirmed || (connection.Status & ConnectionStatus.Dying) != 0)
        {
            return HookVerdict.Accept;
        }

        if (table.Confirm(connection))
        {
            return HookVerdict.Accept;
        }

        // Another packet of the same flow was first: this one joins its connection if they agree (nf_ct_resolve_clash).
        Connection? winner = table.Find(connection.Original, out bool reply);
        if (winner is not null && !reply && winner.Reply == connection.Reply)
        {
            frame.Connection = winner;
            return HookVerdict.Accept;
        }

        space.Drop(frame, DropReason.NatClash);
        return HookVerdict.Stolen;
    }
}
