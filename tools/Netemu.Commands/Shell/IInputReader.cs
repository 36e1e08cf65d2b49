namespace Netemu.Commands.Shell;

/// <summary>Marks a command that reads its standard input and may take time: it may stand behind a pipe (nc, curl).</summary>
public interface IInputReader : ICommand
{
}
