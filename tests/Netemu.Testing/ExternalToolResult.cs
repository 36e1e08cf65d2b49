using System;

namespace Netemu.Testing;

/// <summary>What a program left behind: its exit code and all it wrote.</summary>
public sealed record ExternalToolResult(int ExitCode, string Output, string Error)
{
    /// <summary>The lines of the standard output that hold anything.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
