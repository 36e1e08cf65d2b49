using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>`-m recent`.</summary>
internal sealed class RecentMatch(PacketFilter filter, RecentTable table, RuleMatch.Recent match) : CompiledMatch
{
    public override bool Matches(ref PacketView view)
    {
        view.Read();
        InternetAddress address = match.ByDestination ? view.Destination : view.Source;
        SimTime now = filter.Namespace.Node.Now;
        byte? ttl = match.SameTtl ? view.Ttl : null;
        bool found;
        switch (match.Action)
        {
            case RecentAction.Set:
                table.Set(address, now, view.Ttl);
                found = true;
                break;
            case RecentAction.Remove:
                found = table.Remove(address);
                break;
            default:
                found = table.Check(address, now, match.Seconds, match.Hits, ttl, match.Action == RecentAction.Update);
                break;
        }

        return found != match.Negated;
    }
}
