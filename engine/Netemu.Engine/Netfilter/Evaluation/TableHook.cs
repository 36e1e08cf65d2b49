using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>Runs the table in force at each of its hooks (raw, mangle, filter).</summary>
internal sealed class TableHook(PacketFilter filter) : IPacketHook
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

        PacketView view = new(space, point, family, frame, input, output);
        TableVerdict verdict = Table!.Evaluate(chain, ref view, out DropExplanation where);
        if (verdict == TableVerdict.Accept)
        {
            return HookVerdict.Accept;
        }

        filter.Drop(frame, verdict, where);
        return HookVerdict.Stolen;
    }
}
