using System.CommandLine;
using Netemu.Topologies.Results;

namespace Netemu.Cli.Commands;

/// <summary><c>netemu completion</c>: a script that lets a shell complete netemu's words by asking netemu.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _netemu() {
            local words
            words=$(netemu "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
            COMPREPLY=($(compgen -W "${words}" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _netemu netemu
        """;

    private const string Zsh = """
        #compdef netemu
        _netemu() {
            local -a words
            words=("${(@f)$(netemu "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -a words
            _files
        }
        compdef _netemu netemu
        """;

    private const string Fish = """
        complete -c netemu -a '(netemu "[suggest]" (commandline -cp) 2>/dev/null)'
        """;

    public static Command Build(Terminal terminal)
    {
        Argument<string> shell = new("SHELL") { HelpName = "SHELL", Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Command command = new("completion", "Prints a completion script for a shell.") { shell };
        command.SetAction(parsed =>
        {
            terminal.OutputWriter.WriteLine(parsed.GetRequiredValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                _ => Fish,
            });
            return (int)ExitCode.Success;
        });
        return command;
    }
}
