using System.Collections.Generic;
using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Yaml;

/// <summary>The hint of a diagnostic about a word that is not known.</summary>
public static class Spelling
{
    /// <summary>"did you mean 'x'?", or null.</summary>
    public static string? Hint(string word, IEnumerable<string> candidates) =>
        NearestWord.Find(word, candidates) is { } nearest ? $"did you mean '{nearest}'?" : null;
}
