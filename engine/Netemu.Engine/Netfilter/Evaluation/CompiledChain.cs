using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>A chain ready for evaluation: its rules in order, and for a long one an index over them.</summary>
internal sealed class CompiledChain(Chain definition, int order)
{
    /// <summary>The chain as it was written.</summary>
    public readonly Chain Definition = definition;

    /// <summary>Its place among the table's chains.</summary>
    public readonly int Order = order;
    public CompiledRule[] Rules = [];
    public RuleIndex? Index;
    public ChainPolicy Policy = definition.Policy;
    public long PolicyPackets = definition.Initial.Packets;
    public long PolicyBytes = definition.Initial.Bytes;

    /// <summary>The first rule from <paramref name="start"/> on that matches, or the number of rules.</summary>
    public int FindNext(ref PacketView view, int start)
    {
        if (Index is not null)
        {
            return Index.FindNext(ref view, start);
        }

        CompiledRule[] rules = Rules;
        for (int i = start; i < rules.Length; i++)
        {
            if (rules[i].Matches(ref view))
            {
                return i;
            }

            if (view.HotDrop)
            {
                break;
            }
        }

        return rules.Length;
    }
}
