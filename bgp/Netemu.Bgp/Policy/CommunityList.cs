using System.Collections.Generic;
using System.Linq;

namespace Netemu.Bgp.Policy;

/// <summary>
/// A community list of FRR: entries that permit or deny, standard (all named communities must be there) or expanded (a
/// regular expression over the text of all). The first entry that matches decides.
/// </summary>
public sealed record CommunityList(string Name, IReadOnlyList<CommunityListEntry> Entries)
{
    /// <summary>True if a route with these communities matches.</summary>
    public bool Permits<T>(IReadOnlyCollection<T> communities, bool exact)
        where T : notnull
    {
        if (Entries.Count == 0)
        {
            return false;
        }

        string[] texts = [.. communities.Select(community => community.ToString()!)];
        foreach (CommunityListEntry entry in Entries)
        {
            bool matches = entry.Expression is null
                ? entry.Communities.All(texts.Contains) && (!exact || entry.Communities.Count == texts.Length)
                : entry.Expression.IsMatch(string.Join(' ', texts));
            if (matches)
            {
                return entry.Permit;
            }
        }

        return false;
    }

    /// <summary>True if the list permits one community by itself, as "set comm-list delete" asks.</summary>
    public bool Permits(string community)
    {
        foreach (CommunityListEntry entry in Entries)
        {
            bool matches = entry.Expression is null
                ? entry.Communities.Count == 1 && entry.Communities[0] == community
                : entry.Expression.IsMatch(community);
            if (matches)
            {
                return entry.Permit;
            }
        }

        return false;
    }
}
