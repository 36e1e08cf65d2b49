namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>Finds the first matching rule of a long chain without asking every rule.</summary>
internal abstract class RuleIndex
{
    /// <summary>The first rule from <paramref name="start"/> on that matches, or the number of rules.</summary>
    public abstract int FindNext(ref PacketView view, int start);
}
