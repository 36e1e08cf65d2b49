using System;
using System.Collections.Generic;

namespace Netemu.Topologies.Loading;

/// <summary>What a load depends on besides its files.</summary>
public sealed record LoaderOptions
{
    /// <summary>The name that stands for standard input in the list of paths.</summary>
    public const string StandardInput = "-";

    public required ITopologyFiles Files { get; init; }

    /// <summary>Reads standard input; null where there is none.</summary>
    public Func<string>? ReadStandardInput { get; init; }

    /// <summary><c>--set K=V</c>.</summary>
    public IReadOnlyDictionary<string, string> Sets { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Looks a variable of the environment up; null where it has none.</summary>
    public Func<string, string?> Environment { get; init; } = static _ => null;

    /// <summary><c>--lenient</c>: lines of FRR's files that are not understood are warnings.</summary>
    public bool IsLenient { get; init; }

    /// <summary><c>--with</c>: files whose steps run after the topology's own.</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    /// <summary>Replaces the topology's seed.</summary>
    public ulong? Seed { get; init; }
}
