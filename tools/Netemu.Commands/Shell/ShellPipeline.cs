using System.Collections.Immutable;

namespace Netemu.Commands.Shell;

/// <summary>A command with its arguments, and the filters that its output goes through.</summary>
public sealed record ShellPipeline(
    ShellConnector Connector, ImmutableArray<ImmutableArray<string>> Commands, ShellRedirection Redirection)
{
    /// <summary>What a here-document puts on the first command's standard input.</summary>
    public string Input { get; init; } = string.Empty;
}
