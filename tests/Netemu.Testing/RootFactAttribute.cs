using System;
using System.Linq;
using Xunit;

namespace Netemu.Testing;

/// <summary>A test that makes devices of the real kernel, and may need programs; skipped, with the reason, where it may not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute(params string[] tools)
    {
        string[] missing = [.. tools.Where(tool => ExternalTool.Find(tool) is null)];
        Tools = tools;
        Skip = RootTheoryAttribute.Reason ?? (missing.Length > 0 ? $"not installed: {string.Join(", ", missing)}" : null);
    }

    public string[] Tools { get; }
}
