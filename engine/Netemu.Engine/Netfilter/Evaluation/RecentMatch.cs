using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>`-m recent` by source address (xt_recent.c): notes it, or asks whether it has been noted lately.</summary>
internal sealed class RecentMatch(PacketFilter filter, RuleMatch.Recent match) : CompiledMatch
{
    public override bool Matches(ref PacketView view)
    {
        view.Read();
        RecentTable table = filter.RecentTableOf(match.Name);
        long now = filter.Namespace.Node.Now.Nanoseconds;
        if (match.IsSet)
        {
            table.Note(view.Source, now);
            return !match.Negated;
        }

        return table.IsKnown(view.Source, now, match.Seconds) != match.Negated;
    }
}
