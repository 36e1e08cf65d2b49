using System;
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
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
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
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// The text of a stream that may be a device or a pipe, and so without end: null beyond the longest file, and no further than a
    /// byte that no text has, at which the reader of YAML stops anyway.
    /// </summary>
    private static string? ReadText(Stream stream)
    {
        MemoryStream text = new();
        byte[] block = new byte[64 * 1024];
        for (int n; (n = stream.Read(block)) > 0;)
        {
            text.Write(block, 0, n);
            if (text.Length > LongestFile)
            {
                return null;
            }

            if (block.AsSpan(0, n).Contains((byte)0))
            {
                break;
            }
        }

        text.Position = 0;
        using StreamReader reader = new(text, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    public string? ReadText(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return ReadText(stream);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
