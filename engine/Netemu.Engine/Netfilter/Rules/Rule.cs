using System.Collections.Immutable;

namespace Netemu.Engine.Netfilter.Rules;

/// <summary>
/// One rule as it was written. The object's identity carries its counters: a table that is replaced by one that holds the
/// same object goes on counting.
/// </summary>
public sealed record Rule
{
    /// <summary>The conditions, in the order in which they are evaluated and shown.</summary>
    public ImmutableArray<RuleMatch> Matches { get; init; } = [];

    /// <summary>Null for a rule that only counts.</summary>
    public RuleTarget? Target { get; init; }

    /// <summary>What the rule stands for to its writer; comes back in a <see cref="DropExplanation"/>.</summary>
    public object? Tag { get; init; }

    /// <summary>Where the counters begin (`iptables-restore --counters`).</summary>
    public CounterValue Initial { get; init; }

    /// <summary>The text of the first comment, or null.</summary>
    public string? Comment
    {
        get
        {
            foreach (RuleMatch match in Matches)
            {
                if (match is RuleMatch.Comment comment)
                {
                    return comment.Text;
                }
            }

            return null;
        }
    }
}
