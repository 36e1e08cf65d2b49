namespace Netemu.Commands.Shell;

/// <summary>Where a pipeline's output goes: a file below /proc/sys or of names in /etc, or /dev/null; and whether errors join the output or vanish.</summary>
public sealed record ShellRedirection(string? OutputFile, bool ErrorsToOutput, bool ErrorsToNull)
{
    /// <summary>>>: what the file holds stays before it.</summary>
    public bool Appends { get; init; }

    public static ShellRedirection None { get; } = new(null, ErrorsToOutput: false, ErrorsToNull: false);
}
