using System.Collections.Immutable;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.Shell;

/// <summary>One call of a command: where, by which name, with which arguments, and what stands on its standard input.</summary>
public sealed record CommandInvocation(
    CommandExecutor Executor, NetworkNamespace Namespace, string Name, ImmutableArray<string> Arguments, string Input = "")
{
    /// <summary>The same call in another namespace (ip -n, ip netns exec).</summary>
    public CommandInvocation In(NetworkNamespace space) => this with { Namespace = space };
}
