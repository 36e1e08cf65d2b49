using System;

namespace Netemu.Bgp.Frr;

/// <summary>A kind of "match" or "set" line of a route map. It is written back in the words that were read.</summary>
/// <param name="words">What it begins with.</param>
/// <param name="read">Takes what stands behind the words, and gives what it comes to; null where it makes no difference here.</param>
internal sealed class FrrClauseStatement<T>(string words, Func<FrrWords, Func<FrrConfiguration, T>?> read) : FrrStatement(words)
{
    /// <summary>What it is of: one clause takes the place of another with the same key.</summary>
    public string Key { get; init; } = words;

    public Func<FrrWords, Func<FrrConfiguration, T>?> Read { get; } = read;

    /// <summary>FRR's library knows it (lib/routemap.c), and so every daemon has it in its configuration.</summary>
    public bool IsOfLibrary { get; init; }

    /// <summary>zebra asks it of a route itself.</summary>
    public bool IsZebras { get; init; }
}
