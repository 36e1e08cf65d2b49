using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Netfilter.Evaluation;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Nat;

/// <summary>
/// Address translation at its four hooks (nf_nat_inet_fn): destinations at Prerouting and LocalOut, sources at Postrouting
/// and LocalIn. The nat table is asked once per connection; all further packets follow its tuples.
/// </summary>
internal sealed class NatHook(PacketFilter filter) : IUniformHook
{
    public HookVerdict Evaluate(
        NetworkNamespace space, HookPoint point, AddressFamily family, Frame frame, NetDevice? input, NetDevice? output)
    {
        if (frame.Connection is not Connection connection)
        {
            return HookVerdict.Accept;
        }

        bool source = point is HookPoint.Postrouting or HookPoint.LocalIn;
        ConnectionStatus done = source ? ConnectionStatus.SourceNatDone : ConnectionStatus.DestinationNatDone;
        bool fresh = frame.ConnectionState is ConnectionState.New && (connection.Status & done) == 0 && !connection.IsConfirmed;
        if (!fresh && (connection.Status & ConnectionStatus.NatMask) == 0)
        {
            return HookVerdict.Accept;
        }

        PacketView view = new(space, point, family, frame, input, output);
        if (fresh && !Bind(ref view, point, source))
        {
            return HookVerdict.Stolen;
        }

        return Translate(ref view, connection, source);
    }

    /// <summary>The connections translate nothing, and the table is asked for their first packet only.</summary>
    public bool TryFollow(HookPoint point, EstablishedPath path) => true;

    /// <summary>Asks the table; if it says nothing, the connection is bound to itself, but for a port that is taken.</summary>
    private bool Bind(ref PacketView view, HookPoint point, bool source)
    {
        CompiledTable? table = filter.Compiled(view.Family, TableName.Nat);
        CompiledChain? chain = table?.Base(point);
        if (chain is not null)
        {
            TableVerdict verdict = table!.Evaluate(chain, ref view, out DropExplanation where);
            if (verdict != TableVerdict.Accept)
            {
                filter.Drop(view.Frame, verdict, where);
                return false;
            }
        }

        filter.Nat.Bind(ref view, default(NatRange), source);
        return true;
    }

    /// <summary>nf_nat_packet, and nf_nat_icmp_reply_translation for errors.</summary>
    private static HookVerdict Translate(ref PacketView view, Connection connection, bool source)
    {
        bool reply = view.Frame.ConnectionState is ConnectionState.EstablishedReply or ConnectionState.RelatedReply;

        // An answer's source is what the question's destination was, and the other way round.
        ConnectionStatus bit = source != reply ? ConnectionStatus.SourceNat : ConnectionStatus.DestinationNat;
        view.Read();
        bool related = view.Frame.ConnectionState is ConnectionState.Related or ConnectionState.RelatedReply;
        bool error = related && view.Protocol is IPProtocol.Icmp or IPProtocol.Icmpv6
            && IcmpQueries.IsError(view.Protocol, view.IcmpType);
        if (error && view.Protocol == IPProtocol.Icmp && view.IcmpType == (byte)IcmpType.Redirect)
        {
            // A redirect about a translated address would mislead.
            view.Space.Drop(view.Frame, DropReason.ConntrackInvalid);
            return HookVerdict.Stolen;
        }

        if ((connection.Status & bit) == 0)
        {
            return HookVerdict.Accept;
        }

        ref readonly ConnectionTuple other = ref connection.Tuple(!reply);
        if (error)
        {
            PacketRewriter.RewriteQuoted(ref view, other, !source);
        }

        ConnectionTuple target = other.Invert();
        view.Frame.Trace?.Add(
            view.Space,
            CompiledTable.Stage(view.Hook),
            $"nat: {(source ? "source" : "destination")} becomes {(source ? target.Source : target.Destination)}:{(source ? target.SourcePort : target.DestinationPort)}, by the binding of {connection.Original}",
            view.Output ?? view.Input);
        PacketRewriter.Rewrite(ref view, target, source);
        return HookVerdict.Accept;
    }
}
