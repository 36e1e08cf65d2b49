using System;
using System.Collections.Generic;

namespace Netemu.Bgp.Frr;

/// <summary>
/// A line of a neighbour, "neighbor NAME WORDS ...": what it makes of the neighbour, and which of these lines a neighbour
/// could have been made by that came from elsewhere. It is written back in the words that were read.
/// </summary>
internal sealed class FrrNeighborStatement : FrrStatement
{
    private FrrNeighborStatement(string words, string? key)
        : base(words) => Key = key ?? words;

    /// <param name="words">What it begins with.</param>
    /// <param name="read">Takes what stands behind the words; false for a line that is none here.</param>
    /// <param name="given">The lines that say what a neighbour is, each with its key; none for the default.</param>
    public FrrNeighborStatement(
        string words, Func<FrrNeighborLine, bool> read, Func<BgpNeighborConfiguration, BgpSpeakerConfiguration, IEnumerable<(string Key, string Words)>>? given = null)
        : this(words, (string?)null)
    {
        Read = read;
        Given = given ?? Given;
    }

    /// <summary>What its setting is kept under: one line takes the place of another with the same key.</summary>
    public string Key { get; }

    public Func<FrrNeighborLine, bool> Read { get; private init; } = static _ => false;

    public Func<BgpNeighborConfiguration, BgpSpeakerConfiguration, IEnumerable<(string Key, string Words)>> Given { get; private init; } = static (_, _) => [];

    /// <summary>A line that sets, and unsets with "no" before it.</summary>
    /// <param name="words">What it begins with.</param>
    /// <param name="set">Sets it in a neighbour, or unsets it.</param>
    /// <param name="given">Whether a neighbour needs the line.</param>
    /// <param name="key">Null for the words.</param>
    public static FrrNeighborStatement Switch(
        string words,
        Func<BgpNeighborConfiguration, bool, BgpNeighborConfiguration> set,
        Func<BgpNeighborConfiguration, BgpSpeakerConfiguration, bool>? given = null,
        string? key = null) => new(words, key)
        {
            Read = line =>
            {
                bool on = !line.IsNegated;
                return line.Put(key ?? words, (neighbor, _) => set(neighbor, on));
            },
            Given = (neighbor, speaker) => given?.Invoke(neighbor, speaker) == true ? [(key ?? words, words)] : [],
        };

    /// <summary>A line with a value, which "no" makes what it is without a line.</summary>
    /// <param name="words">What it begins with.</param>
    /// <param name="read">Takes the value.</param>
    /// <param name="set">Sets it in a neighbour.</param>
    /// <param name="given">The value that a neighbour has in words; null for what it is without a line.</param>
    /// <param name="absent">What it is without a line.</param>
    /// <param name="key">Null for the words.</param>
    public static FrrNeighborStatement Value<T>(
        string words,
        Func<FrrWords, T> read,
        Func<BgpNeighborConfiguration, T, FrrCompiler, BgpNeighborConfiguration> set,
        Func<BgpNeighborConfiguration, BgpSpeakerConfiguration, string?>? given = null,
        T absent = default!,
        string? key = null) => new(words, key)
        {
            Read = line =>
            {
                T value = line.IsNegated ? line.Words.Drop(absent)! : read(line.Words);
                return line.Put(key ?? words, (neighbor, compiler) => set(neighbor, value, compiler));
            },
            Given = Lines(words, key ?? words, given),
        };

    /// <summary>A line with a value that goes when it is taken back.</summary>
    /// <param name="words">What it begins with.</param>
    /// <param name="read">Takes the value.</param>
    /// <param name="set">Sets it in a neighbour.</param>
    /// <param name="undo">Takes it out of a neighbour that came with it.</param>
    /// <param name="given">The value that a neighbour has in words; null for what it is without a line.</param>
    public static FrrNeighborStatement Removable<T>(
        string words,
        Func<FrrWords, T> read,
        Func<BgpNeighborConfiguration, T, FrrCompiler, BgpNeighborConfiguration> set,
        FrrChange undo,
        Func<BgpNeighborConfiguration, BgpSpeakerConfiguration, string?> given) => new(words, (string?)null)
        {
            Read = line =>
            {
                if (line.IsNegated)
                {
                    line.Words.Rest();
                    return line.TakeBack(words, undo);
                }

                T value = read(line.Words);
                return line.Put(words, (neighbor, compiler) => set(neighbor, value, compiler));
            },
            Given = Lines(words, words, given),
        };

    /// <summary>A line that makes no difference here.</summary>
    /// <param name="words">What it begins with.</param>
    /// <param name="rest">Takes what stands behind them; null for nothing.</param>
    /// <param name="key">Null for the words.</param>
    public static FrrNeighborStatement Neutral(string words, Predicate<FrrWords>? rest = null, string? key = null) => new(words, key)
    {
        Read = line => rest?.Invoke(line.Words) != false && line.Put(key ?? words, null),
    };

    private static Func<BgpNeighborConfiguration, BgpSpeakerConfiguration, IEnumerable<(string Key, string Words)>> Lines(
        string words, string key, Func<BgpNeighborConfiguration, BgpSpeakerConfiguration, string?>? given) =>
        (neighbor, speaker) => given?.Invoke(neighbor, speaker) is { } value ? [(key, $"{words} {value}".TrimEnd())] : [];
}
