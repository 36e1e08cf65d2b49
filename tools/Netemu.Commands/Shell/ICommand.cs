using System.Collections.Immutable;

namespace Netemu.Commands.Shell;

/// <summary>A command of the emulated machines: what stands behind a word at the start of a command line.</summary>
public interface ICommand
{
    /// <summary>The names by which it is called; the first is its own.</summary>
    ImmutableArray<string> Names { get; }

    /// <summary>The words that it knows, for errors, completion and tests.</summary>
    CommandGrammar Grammar { get; }

    /// <summary>Starts the command in a namespace at this instant.</summary>
    CommandJob Start(CommandInvocation invocation);
}
