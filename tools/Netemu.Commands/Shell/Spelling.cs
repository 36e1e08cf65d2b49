using System.Collections.Generic;
using Netemu.Core.Diagnostics;

namespace Netemu.Commands.Shell;

/// <summary>The hint of a command's error about a word that is not known.</summary>
public static class Spelling
{
    /// <summary>A further line of an error message; empty without a near word.</summary>
    public static string Hint(string typed, IEnumerable<string> words) =>
        NearestWord.Find(typed, words) is { } near ? $"\nhint: did you mean \"{near}\"?" : string.Empty;
}
