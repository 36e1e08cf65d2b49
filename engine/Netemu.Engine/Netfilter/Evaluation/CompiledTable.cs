using System;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Engine.Filtering;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Netfilter.Sets;
using Netemu.Engine.Netfilter.Text;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>
/// One table in force, never changed but for its counters: a new table takes its place as a whole. Evaluation follows
/// ipt_do_table: a stack of the places to come back to, no deeper than the longest chain of jumps.
/// </summary>
internal sealed partial class CompiledTable(AddressFamily family, TableName name, CompiledChain[] chains, int depth, IPSet[] sets)
{
    public readonly AddressFamily Family = family;
    public readonly TableName Name = name;
    public readonly CompiledChain[] Chains = chains;

    /// <summary>The sets that its rules look into, once per mention.</summary>
    public readonly IPSet[] Sets = sets;
    private readonly CompiledChain?[] _bases = FindBases(name, chains);

    /// <summary>The base chain at a hook, or null.</summary>
    public CompiledChain? Base(HookPoint hook) => _bases[(int)hook];

    /// <summary>
    /// The verdict on a packet at a base chain: Accept to go on behind the table. For all others, where the deciding rule
    /// stands is in <paramref name="where"/>.
    /// </summary>
    public TableVerdict Evaluate(CompiledChain start, ref PacketView view, out DropExplanation where)
    {
        Span<int> stack = stackalloc int[2 * depth];
        int top = 0;
        CompiledChain chain = start;
        int index = 0;
        long length = view.Frame.Length - PacketView.NetworkOffset;
        while (true)
        {
            CompiledRule[] rules = chain.Rules;
            index = chain.FindNext(ref view, index);
            if (index >= rules.Length)
            {
                if (view.HotDrop)
                {
                    return Decide(TableVerdict.Drop, ref view, chain, -1, stack[..top], out where);
                }

                if (top == 0)
                {
                    return ApplyPolicy(chain, ref view, length, out where);
                }

                index = stack[--top];
                chain = Chains[stack[--top]];
                continue;
            }

            ref CompiledRule rule = ref rules[index];
            rule.Packets++;
            rule.Bytes += length;
            view.Frame.Trace?.NoteRule(view.Space, chain.Definition.Rules[index]);
            switch (rule.Action)
            {
                case RuleAction.Accept:
                    return Decide(TableVerdict.Accept, ref view, chain, index, stack[..top], out where);
                case RuleAction.Drop:
                    return Decide(TableVerdict.Drop, ref view, chain, index, stack[..top], out where);
                case RuleAction.Return:
                    if (top == 0)
                    {
                        return ApplyPolicy(chain, ref view, length, out where);
                    }

                    index = stack[--top];
                    chain = Chains[stack[--top]];
                    break;
                case RuleAction.Jump:
                    stack[top++] = chain.Order;
                    stack[top++] = index + 1;
                    chain = rule.Chain!;
                    index = 0;
                    break;
                case RuleAction.Goto:
                    chain = rule.Chain!;
                    index = 0;
                    break;
                case RuleAction.Continue:
                    index++;
                    break;
                default:
                    TableVerdict? verdict = Execute(ref rule, ref view);
                    if (verdict is null && view.Frame.Trace is not null)
                    {
                        NoteTarget(ref view, chain, index, stack[..top]);
                    }

                    if (verdict is not null)
                    {
                        return Decide(verdict.Value, ref view, chain, index, stack[..top], out where);
                    }

                    index++;
                    break;
            }
        }
    }

    private static TableVerdict? Execute(ref CompiledRule rule, ref PacketView view) => rule.Target!.Execute(ref view) switch
    {
        TargetResult.Continue => null,
        TargetResult.Accept => TableVerdict.Accept,
        TargetResult.Drop => TableVerdict.Drop,
        TargetResult.Reject => TableVerdict.Reject,
        _ => TableVerdict.NatExhausted,
    };

    private TableVerdict ApplyPolicy(CompiledChain chain, ref PacketView view, long length, out DropExplanation where)
    {
        // A chain that was reached by goto from a base chain falls back to that base chain's policy.
        CompiledChain last = Base(view.Hook)!;
        last.PolicyPackets++;
        last.PolicyBytes += length;
        if (last.Policy == ChainPolicy.Accept && view.Frame.Trace is null)
        {
            where = default;
            return TableVerdict.Accept;
        }

        TableVerdict verdict = last.Policy == ChainPolicy.Accept ? TableVerdict.Accept : TableVerdict.Drop;
        return Decide(verdict, ref view, last, -1, [], out where);
    }

    private TableVerdict Decide(
        TableVerdict verdict, ref PacketView view, CompiledChain chain, int index, ReadOnlySpan<int> stack, out DropExplanation where)
    {
        if (verdict == TableVerdict.Accept && view.Frame.Trace is null)
        {
            where = default;
            return verdict;
        }

        Rule? rule = index < 0 ? null : chain.Definition.Rules[index];
        where = new DropExplanation(Family, view.Hook, Name, chain.Definition.Name, index + 1, rule);
        view.Frame.Trace?.Add(view.Space, Stage(view.Hook), Describe(verdict, where, stack), view.Output ?? view.Input);
        return verdict;
    }

    /// <summary>A target that lets the packet go on, as `mangle PREROUTING rule 2: MARK --set-xmark 0x4000/0x4000`.</summary>
    private void NoteTarget(ref PacketView view, CompiledChain chain, int index, ReadOnlySpan<int> stack)
    {
        Rule rule = chain.Definition.Rules[index];
        DropExplanation where = new(Family, view.Hook, Name, chain.Definition.Name, index + 1, rule);
        string place = Describe(TableVerdict.Accept, where, stack, RuleText.TargetText(rule.Target!, Family));
        view.Frame.Trace!.Add(view.Space, Stage(view.Hook), place, view.Output ?? view.Input);
    }

    /// <summary>As `filter FORWARD rule 3 -> cali-tw-x rule 2: DROP (comment)`.</summary>
    private string Describe(TableVerdict verdict, in DropExplanation where, ReadOnlySpan<int> stack, string? target = null)
    {
        StringBuilder text = new(TableNames.Text(Name));
        for (int i = 0; i < stack.Length; i += 2)
        {
            text.Append($" {Chains[stack[i]].Definition.Name} rule {stack[i + 1]} ->");
        }

        text.Append(where.Number == 0 ? $" {where.Chain} policy" : $" {where.Chain} rule {where.Number}");
        string word = verdict switch
        {
            TableVerdict.Accept => "ACCEPT",
            TableVerdict.Reject => "REJECT",
            _ => "DROP",
        };
        text.Append($": {target ?? word}");
        foreach (RuleMatch match in where.Rule?.Matches ?? [])
        {
            if (match is RuleMatch.Set set)
            {
                text.Append($" by set {(set.Negated ? "not " : string.Empty)}{set.Name}");
            }
        }

        if (where.Rule?.Comment is string comment)
        {
            text.Append($" ({comment})");
        }

        return text.ToString();
    }

    internal static TraceStage Stage(HookPoint hook) => hook switch
    {
        HookPoint.Prerouting => TraceStage.Prerouting,
        HookPoint.LocalIn => TraceStage.LocalIn,
        HookPoint.Forward => TraceStage.Forward,
        HookPoint.LocalOut => TraceStage.LocalOut,
        _ => TraceStage.Postrouting,
    };

    private static CompiledChain?[] FindBases(TableName name, CompiledChain[] chains)
    {
        CompiledChain?[] bases = new CompiledChain?[5];
        foreach (HookPoint hook in TableNames.Hooks(name))
        {
            bases[(int)hook] = Array.Find(chains, c => c.Definition.Name == TableNames.BaseChain(hook));
        }

        return bases;
    }
}
