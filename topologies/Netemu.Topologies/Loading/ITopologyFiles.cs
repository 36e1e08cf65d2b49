using System.Collections.Generic;
using System.IO;

namespace Netemu.Topologies.Loading;

/// <summary>The files that a topology may name. Paths are relative to the working directory, with '/' between parts.</summary>
public interface ITopologyFiles
{
    bool FileExists(string path);

    bool DirectoryExists(string path);

    /// <summary>The names (not paths) of a directory's files, in any order.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>The text of a file, decoded as UTF-8 with U+FFFD for what is none; null where it cannot be read.</summary>
    string? ReadText(string path);

    /// <summary>The bytes of a file, to be disposed by who reads them; null where it cannot be read.</summary>
    Stream? Open(string path) => null;
}
