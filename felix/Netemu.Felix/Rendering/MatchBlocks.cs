using System.Collections.Generic;

namespace Netemu.Felix.Rendering;

/// <summary>
/// A conjunction of blocks of alternatives, computed in two mark bits. The first block writes the result bit directly; each
/// later one computes its own bit, and the result is cleared where that bit is not set. Exceptions clear the result.
/// </summary>
internal sealed class MatchBlocks
{
    public const uint AllBlocks = FilterMarks.Scratch0;
    private const uint ThisBlock = FilterMarks.Scratch1;

    private readonly List<ChainRule> _rules = [];
    private int _count;

    public bool IsUsed => _rules.Count > 0;

    public IReadOnlyList<ChainRule> Rules => _rules;

    /// <summary>One of these must match.</summary>
    public void AddAlternatives(IReadOnlyList<RuleMatch> alternatives)
    {
        bool isFirst = _count++ == 0;
        uint bit = isFirst ? AllBlocks : ThisBlock;
        Add(RuleMatch.Any, RuleTarget.ClearMark(isFirst ? AllBlocks | ThisBlock : ThisBlock));
        foreach (RuleMatch alternative in alternatives)
        {
            Add(alternative, RuleTarget.SetMark(bit));
        }

        if (!isFirst)
        {
            Add(new RuleMatch { Mark = MarkMatch.Clear(ThisBlock) }, RuleTarget.ClearMark(AllBlocks));
        }
    }

    /// <summary>None of these may match.</summary>
    public void AddExceptions(IReadOnlyList<RuleMatch> exceptions)
    {
        if (_count++ == 0)
        {
            Add(RuleMatch.Any, RuleTarget.WriteMark(AllBlocks, AllBlocks | ThisBlock));
        }

        foreach (RuleMatch exception in exceptions)
        {
            Add(exception, RuleTarget.ClearMark(AllBlocks));
        }
    }

    private void Add(RuleMatch match, RuleTarget target) => _rules.Add(new ChainRule(match, target));
}
