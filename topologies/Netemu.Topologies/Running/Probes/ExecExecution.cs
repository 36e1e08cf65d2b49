using Netemu.Engine.Namespaces;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;
namespace Netemu.Topologies.Running.Probes;

/// <summary>A command in a namespace. The step ends when the command has: at once, for most.</summary>
internal sealed class ExecExecution(ExecAction action, StepContext context) : StepExecution
{
    private ICommandExecution? _command;
    private string? _failure;

    public override void Poll()
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
            return seen.With("outcome", "errno").WithAny("errno", _failure);
        }

        return seen.With("exit", _command.ExitCode).With("stdout", _command.Output).With("stderr", _command.Error);
    }

    public override void Close() => _command?.Stop();
}
