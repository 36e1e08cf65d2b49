using System;
using System.Collections.Generic;
using System.Linq;

namespace Netemu.Felix.Rendering;

/// <summary>
/// Renders the chains that find an endpoint's chain by its device. Many devices are split by the next character of their
/// names, so that a packet passes few rules.
/// </summary>
internal static class DispatchRenderer
{
    /// <summary>
    /// <paramref name="name"/> and its child chains, ending with <paramref name="last"/> for devices that are not in it.
    /// </summary>
    public static IReadOnlyList<Chain> Render(
        string name, IEnumerable<string> devices, bool isIncoming, Func<string, string> chainOf, IReadOnlyList<ChainRule> last)
    {
        string[] sorted = [.. devices.Order(StringComparer.Ordinal)];
        List<Chain> chains = [];
        int common = CommonPrefix(sorted);
        List<ChainRule> root = [];
        foreach (IGrouping<string, string> group in sorted.GroupBy(device => device[..Math.Min(common + 1, device.Length)], StringComparer.Ordinal))
        {
            string[] members = [.. group];
            if (members.Length == 1)
            {
                root.Add(Rule(members[0], isIncoming, chainOf(members[0])));
                continue;
            }

            string child = ChainNames.Limit(name + "-", group.Key[common..]);
            root.Add(Rule(group.Key + "+", isIncoming, child));
            chains.Add(new Chain(child, [.. members.Select(device => Rule(device, isIncoming, chainOf(device))), .. last]));
        }

        chains.Insert(0, new Chain(name, [.. root, .. last]));
        return chains;
    }

    private static ChainRule Rule(string device, bool isIncoming, string chain) => new(
        isIncoming ? new RuleMatch { InInterface = device } : new RuleMatch { OutInterface = device }, RuleTarget.Goto(chain));

    private static int CommonPrefix(string[] sorted)
    {
        if (sorted.Length == 0)
        {
            return 0;
        }

        string first = sorted[0];
        string last = sorted[^1];
        int length = 0;
        while (length < first.Length && length < last.Length && first[length] == last[length])
        {
            length++;
        }

        return length;
    }
}
