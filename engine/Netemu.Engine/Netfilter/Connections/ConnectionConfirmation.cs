using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Netfilter.Connections;

/// <summary>
/// The last hook of Postrouting and LocalIn (nf_conntrack_confirm): a connection whose first packet got so far enters the
/// table.
/// </summary>
internal sealed class ConnectionConfirmation(ConnectionTable table) : IUniformHook
{
    private ConfirmationDelay? _delay;

    /// <summary>Packets that wait for their confirmation.</summary>
    public int Held => _delay?.Count ?? 0;

    public HookVerdict Evaluate(
        NetworkNamespace space, HookPoint point, AddressFamily family, Frame frame, NetDevice? input, NetDevice? output)
    {
        // An ICMP error does not confirm the connection that it is related to.
        if (!IsUnconfirmed(frame))
        {
            return HookVerdict.Accept;
        }

        if (space.Settings.Conntrack.ConfirmDelay > Duration.Zero && family == AddressFamily.IPv4 && frame.PhysicalInput == 0)
        {
            (_delay ??= new ConfirmationDelay(space, this)).Hold(frame, point, input, output);
            return HookVerdict.Stolen;
        }

        return Confirm(space, frame);
    }

    /// <summary>The connections are confirmed.</summary>
    public bool TryFollow(HookPoint point, EstablishedPath path) => true;

    /// <summary>Enters the connection of a frame into the table; Stolen if it clashed and the frame has ended.</summary>
    public HookVerdict Confirm(NetworkNamespace space, Frame frame)
    {
        if (!IsUnconfirmed(frame) || frame.Connection is not Connection connection || table.Confirm(connection))
        {
            return HookVerdict.Accept;
        }

        // Another packet of the same flow was first: this one joins its connection if they agree (nf_ct_resolve_clash).
        Connection? winner = table.Find(connection.Original, out bool reply);
        if (winner is not null && !reply && winner.Reply == connection.Reply)
        {
            table.ClashesResolved++;
            frame.Trace?.Add(space, Tracing.TraceStage.Postrouting, $"conntrack: joins {winner.Original}, which was confirmed first");
            frame.Connection = winner;
            return HookVerdict.Accept;
        }

        table.InsertFailed++;
        Connection? holder = winner ?? table.Find(connection.Reply, out _);
        frame.Trace?.Add(
            space,
            Tracing.TraceStage.Postrouting,
            winner is not null
                ? $"conntrack: insert_failed, {connection.Original} was confirmed with the answers {winner.Reply}, not {connection.Reply}"
                : $"conntrack: insert_failed, the answers {connection.Reply} belong to {holder?.Original} already (MASQUERADE and SNAT --random-fully avoid it)");
        space.Drop(frame, DropReason.NatClash);
        return HookVerdict.Stolen;
    }

    public void DropHeld() => _delay?.DropAll();

    private static bool IsUnconfirmed(Frame frame) =>
        frame.ConnectionState == ConnectionState.New && frame.Connection is Connection { IsConfirmed: false } connection
        && (connection.Status & ConnectionStatus.Dying) == 0;
}
