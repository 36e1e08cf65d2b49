using System.Collections.Immutable;

namespace Netemu.Commands.Shell;

/// <summary>A parsed command line, or why it is none: then <paramref name="Error"/> says what and how to put it instead.</summary>
public sealed record ShellScript(ImmutableArray<ShellPipeline> Pipelines, string? Error = null)
{
    public static ShellScript Fail(string error) => new([], error);
}
