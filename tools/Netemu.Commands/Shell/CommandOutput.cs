using System.Text;

namespace Netemu.Commands.Shell;

/// <summary>Collects what a command writes, until it ends.</summary>
public sealed class CommandOutput
{
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    /// <summary>The standard output, to append to.</summary>
    public StringBuilder Out => _out;

    /// <summary>Adds a line to the standard output.</summary>
    public void Line(string text) => _out.Append(text).Append('\n');

    /// <summary>Adds a line to the error output.</summary>
    public void ErrorLine(string text) => _error.Append(text).Append('\n');

    public CommandResult ToResult(int exit) => new(exit, _out.ToString(), _error.ToString());
}
