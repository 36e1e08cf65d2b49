using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>Runs the table in force at each of its hooks (raw, mangle, filter).</summary>
internal sealed class TableHook(PacketFilter filter) : IUniformHook
{
    public CompiledTable? Table { get; set; }

    public HookVerdict Evaluate(
        NetworkNamespace space, HookPoint point, AddressFamily family, Frame frame, NetDevice? input, NetDevice? output)
    {
        CompiledChain? chain = Table?.Base(point);
        if (chain is null)
        {
            return HookVerdict.Accept;
        }

        if (chain.Rules.Length > 0 && frame.Trace is null && chain.Rules[0].AcceptsByState(frame))
        {
            // The rule that nearly every table begins with, for nearly every packet.
            ref CompiledRule rule = ref chain.Rules[0];
            rule.Packets++;
            rule.Bytes += frame.Length - PacketView.NetworkOffset;
            return HookVerdict.Accept;
        }

        return Walk(chain, new PacketView(space, point, family, frame, input, output));
    }

    public bool TryFollow(HookPoint point, EstablishedPath path) => Table is null || Table.TryFollow(point, path);

    private HookVerdict Walk(CompiledChain chain, PacketView view)
    {
        TableVerdict verdict = Table!.Evaluate(chain, ref view, out DropExplanation where);
        if (verdict == TableVerdict.Accept)
        {
            return HookVerdict.Accept;
        }

        filter.Drop(view.Frame, verdict, where);
        return HookVerdict.Stolen;
    }
}
