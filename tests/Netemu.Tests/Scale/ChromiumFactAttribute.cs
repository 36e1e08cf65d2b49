using System;
using System.IO;
using System.Linq;

namespace Netemu.Tests.Scale;

/// <summary>A test that opens pages in a headless Chromium; skipped, with the reason, where none is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute()
    {
        if (Browser is null)
        {
            Skip = "no chromium, chromium-browser or google-chrome in PATH";
        }
    }

    /// <summary>The browser, or null.</summary>
    public static string? Browser { get; } = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(':')
        .SelectMany(directory => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(directory, name)))
        .FirstOrDefault(File.Exists);
}
