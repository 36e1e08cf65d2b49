using System;
using Netemu.Engine.Filtering;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <content>The walk of a packet of which nothing but the connection's state is known.</content>
internal sealed partial class CompiledTable
{
    /// <summary>
    /// Follows the rules as <see cref="Evaluate"/> does, and adds those that match to <paramref name="path"/>. False if a rule
    /// asks for more than the state, does more than count, or ends the packet.
    /// </summary>
    public bool TryFollow(HookPoint hook, EstablishedPath path)
    {
        if (Base(hook) is not CompiledChain start)
        {
            return true;
        }

        Span<int> stack = stackalloc int[2 * depth];
        int top = 0;
        CompiledChain chain = start;
        int index = 0;
        while (true)
        {
            bool returns = index == chain.Rules.Length;
            if (!returns)
            {
                ref CompiledRule rule = ref chain.Rules[index];
                if (!rule.AsksForStateOnly)
                {
                    return false;
                }

                if (!rule.MatchesState(path.State))
                {
                    index++;
                    continue;
                }

                path.AddRule(chain, index);
                switch (rule.Action)
                {
                    case RuleAction.Accept:
                        return true;
                    case RuleAction.Continue:
                        index++;
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
                    case RuleAction.Return:
                        returns = true;
                        break;
                    default:
                        return false;
                }
            }

            if (returns && top == 0)
            {
                path.AddPolicy(start);
                return start.Policy == ChainPolicy.Accept;
            }

            if (returns)
            {
                index = stack[--top];
                chain = Chains[stack[--top]];
            }
        }
    }
}
