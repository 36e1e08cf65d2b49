namespace Netemu.Commands.Shell;

/// <summary>Where a pipeline's output goes: a file below /proc/sys, or /dev/null; and whether errors join the output or vanish.</summary>
public sealed record ShellRedirection(string? OutputFile, bool ErrorsToOutput, bool ErrorsToNull)
{
    public static ShellRedirection None { get; } = new(null, ErrorsToOutput: false, ErrorsToNull: false);
}
