using System;
using System.Collections.Immutable;
using Netemu.Bgp.Show;
using Netemu.Commands.Shell;
using Netemu.Engine.Simulation;

namespace Netemu.Commands.Routing;

/// <summary>birdc show protocols | show route ...: a node's BGP speaker in BIRD's words.</summary>
public sealed class BirdcCommand(Func<Node, RoutingDaemon?> daemonOf) : ICommand
{
    public ImmutableArray<string> Names { get; } = ["birdc", "birdcl"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(": -s -r");

    public CommandJob Start(CommandInvocation invocation)
    {
        int first = 0;
        while (first < invocation.Arguments.Length && invocation.Arguments[first].StartsWith('-'))
        {
            first += invocation.Arguments[first] == "-s" ? 2 : 1;
        }

        if (daemonOf(invocation.Namespace.Node) is not { } daemon)
        {
            return CommandJob.Completed(CommandResult.Failure(1, "Unable to connect to server control socket (/var/run/bird/bird.ctl): No such file or directory"));
        }

        string command = string.Join(' ', invocation.Arguments.Length > first ? invocation.Arguments[first..] : []);
        return CommandJob.Completed(ShowBird.TryRun(daemon.Speaker, command, out string output)
            ? CommandResult.Output(output)
            : new CommandResult(1, "BIRD 2.0.12 ready.\nsyntax error, unexpected CF_SYM_UNDEFINED\n", ""));
    }
}
