using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Netemu.Topologies.Loading;

namespace Netemu.Cli;

/// <summary>The files of the machine, relative to the working directory.</summary>
internal sealed class DiskFiles : ITopologyFiles
{
    /// <summary>More than any topology that a person could mean.</summary>
    private const long LongestFile = 256L * 1024 * 1024;

    public bool FileExists(string path) => File.Exists(path);

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public IReadOnlyList<string> ListFiles(string directory)
    {
        try
        {
            return [.. Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    public Stream? Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (System.Exception error) when (error is IOException or System.UnauthorizedAccessException)
        {
            return null;
        }
    }

    public string? ReadText(string path)
    {
        try
        {
            return new FileInfo(path).Length > LongestFile ? null : File.ReadAllText(path, Encoding.UTF8);
        }
        catch (System.Exception error) when (error is IOException or System.UnauthorizedAccessException)
        {
            return null;
        }
    }
}
