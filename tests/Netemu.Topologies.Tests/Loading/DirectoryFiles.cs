using System.Collections.Generic;
using System.IO;
using System.Linq;
using Netemu.Topologies.Loading;

namespace Netemu.Topologies.Tests.Loading;

/// <summary>A directory of the real file system.</summary>
internal sealed class DirectoryFiles(string root) : ITopologyFiles
{
    public bool FileExists(string path) => File.Exists(Path.Combine(root, path));

    public bool DirectoryExists(string path) => Directory.Exists(Path.Combine(root, path));

    public IReadOnlyList<string> ListFiles(string directory) =>
        [.. Directory.EnumerateFiles(Path.Combine(root, directory)).Select(f => Path.GetFileName(f))];

    public string? ReadText(string path) => File.ReadAllText(Path.Combine(root, path));
}
