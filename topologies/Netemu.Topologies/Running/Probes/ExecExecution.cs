using Netemu.Engine.Namespaces;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Running.Probes;

/// <summary>A command in a namespace. The step ends when the command has: at once, for most.</summary>
internal sealed class ExecExecution(ExecAction action, StepContext context) : StepExecution
{
    private ICommandExecution? _command;
    private string? _failure;

    /// <summary>Asked after every window, for commands that take time.</summary>
    public void Poll()
    {
        if (_command is { IsFinished: true })
        {
            Finish(context.Now);
        }
    }

    public override void Begin()
    {
        NetworkNamespace? space = context.Topology.FindNamespace(action.In);
        if (space is null)
        {
            _failure = $"'{action.In}' does not exist";
        }
        else if (context.Commands is null)
        {
            _failure = "this run has no commands";
        }
        else
        {
            _command = context.Commands.Start(space, action.Command);
        }

        if (_command is null or { IsFinished: true })
        {
            Finish(context.Now);
        }
    }

    public override ObservedMapping Observe()
    {
        ObservedMapping seen = new();
        if (_command is null)
        {
            return seen.Add("outcome", "errno").AddIfAny("errno", _failure);
        }

        return seen.Add("exit", _command.ExitCode).Add("stdout", _command.Output).Add("stderr", _command.Error);
    }

    public override void Close() => _command?.Stop();
}
