using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Topologies.Loading;

namespace Netemu.Topologies.Tests.Loading;

/// <summary>A file system of texts.</summary>
internal sealed class MemoryFiles : ITopologyFiles
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    public MemoryFiles Add(string path, string text)
    {
        _texts[path] = text;
        return this;
    }

    public bool FileExists(string path) => _texts.ContainsKey(path);

    public bool DirectoryExists(string path) => _texts.Keys.Any(p => p.StartsWith(path + "/", StringComparison.Ordinal));

    public IReadOnlyList<string> ListFiles(string directory) =>
        [.. _texts.Keys.Where(p => p.StartsWith(directory + "/", StringComparison.Ordinal)).Select(p => p[(directory.Length + 1)..]).Reverse()];

    public string? ReadText(string path) => _texts.GetValueOrDefault(path);
}
