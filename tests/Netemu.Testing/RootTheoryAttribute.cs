using System;
using System.IO;
using System.Linq;
using Xunit;

namespace Netemu.Testing;

/// <summary>A theory that makes devices of the real kernel; skipped, with the reason, where it may not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute(params string[] tools)
    {
        string[] missing = [.. tools.Where(tool => ExternalTool.Find(tool) is null)];
        Tools = tools;
        Skip = Reason ?? (missing.Length > 0 ? $"not installed: {string.Join(", ", missing)}" : null);
    }

    /// <summary>The programs that it needs.</summary>
    public string[] Tools { get; }

    /// <summary>Why the kernel's devices are out of reach, or null.</summary>
    public static string? Reason =>
        !OperatingSystem.IsLinux() ? "the kernel's devices need Linux"
        : !Environment.IsPrivilegedProcess ? "the kernel's devices need root"
        : !File.Exists("/dev/net/tun") ? "there is no /dev/net/tun"
        : null;
}
