namespace Netemu.Commands.Shell;

/// <summary>Marks a command that may stand behind a pipe: it turns its standard input into its output and takes no time.</summary>
public interface ITextFilter : ICommand
{
}
