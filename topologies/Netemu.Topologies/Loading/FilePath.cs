using System;
using System.Collections.Generic;

namespace Netemu.Topologies.Loading;

/// <summary>Paths as text, with '/' between parts: the same on every system.</summary>
internal static class FilePath
{
    /// <summary>A path relative to the directory of the file that names it.</summary>
    public static string Combine(string fromFile, string path)
    {
        string unix = path.Replace('\\', '/');
        int slash = fromFile.LastIndexOf('/');
        bool absolute = unix.StartsWith('/') || (unix.Length > 1 && unix[1] == ':');
        return Normalize(absolute || slash < 0 ? unix : $"{fromFile[..slash]}/{unix}");
    }

    /// <summary>The path without "." parts and with ".." applied where it can be.</summary>
    public static string Normalize(string path)
    {
        string unix = path.Replace('\\', '/');
        List<string> parts = [];
        foreach (string part in unix.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count > 0 && parts[^1] != "..")
                {
                    parts.RemoveAt(parts.Count - 1);
                    continue;
                }
            }
            else if (part == ".")
            {
                continue;
            }

            parts.Add(part);
        }

        string joined = string.Join('/', parts);
        return unix.StartsWith('/') ? $"/{joined}" : joined.Length == 0 ? "." : joined;
    }
}
