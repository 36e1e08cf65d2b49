namespace Netemu.Commands.Shell;

/// <summary>
/// One word that a command knows. <paramref name="Context"/> is the words before it that give it its meaning ("route add"),
/// empty for options of the command itself; <paramref name="Argument"/> names what must follow, empty for nothing.
/// </summary>
public sealed record GrammarWord(string Context, string Word, string Argument = "")
{
    public bool TakesArgument => Argument.Length > 0;
}
