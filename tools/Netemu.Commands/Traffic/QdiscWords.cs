using System.Collections.Immutable;
using Netemu.Commands.Ip;
using Netemu.Commands.Shell;
using Netemu.Engine.Devices;
using Netemu.Engine.Queueing;

namespace Netemu.Commands.Traffic;

/// <summary>
/// One kind of discipline in tc's words: reads what stands behind its name and writes it in `tc qdisc show`
/// (struct qdisc_util of iproute2).
/// </summary>
internal abstract class QdiscWords
{
    private static readonly ImmutableArray<QdiscWords> All =
    [
        new FifoWords("pfifo", FifoKind.Packets),
        new FifoWords("bfifo", FifoKind.Bytes),
        new FifoWords("pfifo_head_drop", FifoKind.PacketsHeadDrop),
        new PrioWords("prio"),
        new PrioWords("pfifo_fast"),
        new TbfWords(),
        new NetemWords(),
        new FqCodelWords(),
        new NoqueueWords(),
    ];

    public abstract string Kind { get; }

    /// <summary>The usage that tc prints behind an error of the words.</summary>
    protected abstract string Usage { get; }

    /// <summary>The words of that kind, or null for a kind that does not exist.</summary>
    public static QdiscWords? For(string kind)
    {
        foreach (QdiscWords words in All)
        {
            if (words.Kind == kind)
            {
                return words;
            }
        }

        return null;
    }

    /// <summary>Reads the words and makes a discipline of them; the error if that cannot be.</summary>
    public abstract CommandResult? Create(IpContext context, NetDevice device, out QueueingDiscipline? made);

    /// <summary>Reads the words and changes a discipline of this kind.</summary>
    public abstract CommandResult? Change(IpContext context, QueueingDiscipline present);

    /// <summary>What stands behind the handle and place.</summary>
    public abstract void Print(IpPrinter printer, QueueingDiscipline discipline);

    /// <summary>Counters that only this kind has.</summary>
    public virtual void PrintStatistics(IpPrinter printer, QueueingDiscipline discipline)
    {
    }

    /// <summary>An error in the words: tc's exit code is 1.</summary>
    protected CommandResult Wrong(string message, bool usage = true) =>
        CommandResult.Failure(1, usage ? $"{message}\n{Usage}" : message);

    /// <summary>explain1: the value of a word cannot be read.</summary>
    protected static CommandResult Illegal(string word) => CommandResult.Failure(1, $"Illegal \"{word}\"");

    /// <summary>True if a number follows (NEXT_IS_NUMBER).</summary>
    protected static bool NextIsNumber(IpArguments arguments) => !arguments.AtEnd && char.IsAsciiDigit(arguments.Peek[0]);

    /// <summary>iproute2's matches(): a word or a beginning of it.</summary>
    protected static bool Matches(string typed, string word) =>
        typed.Length > 0 && word.StartsWith(typed, System.StringComparison.Ordinal);
}
