using System;
using System.Linq;
using Xunit;

namespace Netemu.Testing;

/// <summary>A test that needs programs of the machine; skipped, with their names as the reason, where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params string[] tools)
    {
        Tools = tools;
        string[] missing = [.. tools.Where(tool => ExternalTool.Find(tool) is null)];
        if (missing.Length > 0)
        {
            Skip = $"not installed: {string.Join(", ", missing)}";
        }
    }

    public string[] Tools { get; }
}
