using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text;
using Netemu.Bgp;
using Netemu.Bgp.Show;
using Netemu.Commands.Shell;
using Netemu.Engine.Simulation;

namespace Netemu.Commands.Routing;

/// <summary>vtysh -c "show bgp ...": a node's BGP speaker in FRR's words.</summary>
public sealed class VtyshCommand(Func<Node, BgpSpeaker?> speakerOf) : ICommand
{
    public ImmutableArray<string> Names { get; } = ["vtysh"];

    public CommandGrammar Grammar { get; } = CommandGrammar.Parse(": -c");

    public CommandJob Start(CommandInvocation invocation)
    {
        List<string> commands = [];
        for (int i = 0; i < invocation.Arguments.Length; i++)
        {
            if (invocation.Arguments[i] != "-c" || i + 1 == invocation.Arguments.Length)
            {
                return CommandJob.Completed(CommandResult.Failure(1, "vtysh: only -c COMMAND is supported here"));
            }

            commands.Add(invocation.Arguments[++i]);
        }

        if (speakerOf(invocation.Namespace.Node) is not { } speaker)
        {
            return CommandJob.Completed(CommandResult.Failure(1, "bgpd is not running"));
        }

        StringBuilder output = new();
        foreach (string command in commands)
        {
            if (!ShowBgp.TryRun(speaker, command, out string text))
            {
                return CommandJob.Completed(new CommandResult(1, output.ToString(), $"% Unknown command: {command}\n"));
            }

            output.Append(text);
        }

        return CommandJob.Completed(CommandResult.Output(output.ToString()));
    }
}
