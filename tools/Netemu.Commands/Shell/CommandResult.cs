namespace Netemu.Commands.Shell;

/// <summary>What a command leaves behind: its exit code and all that it wrote.</summary>
public sealed record CommandResult(int Exit, string Stdout, string Stderr)
{
    public static CommandResult Success { get; } = new(0, string.Empty, string.Empty);

    public static CommandResult Output(string text) => new(0, text, string.Empty);

    /// <summary>A failure with one line, or several, on the error output.</summary>
    public static CommandResult Failure(int exit, string message) => new(exit, string.Empty, message + "\n");
}
