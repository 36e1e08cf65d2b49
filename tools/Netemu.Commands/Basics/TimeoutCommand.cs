using System.Collections.Immutable;
using System.Globalization;
using Netemu.Commands.Shell;
using Netemu.Core.Time;
using Netemu.Engine.Simulation;

namespace Netemu.Commands.Basics;

/// <summary>timeout: runs a command and interrupts it when its time is over (exit status 124, as coreutils').</summary>
public sealed class TimeoutCommand : IInputReader
{
    private const int TimedOut = 124;

    public ImmutableArray<string> Names { get; } = ["timeout"];

    public CommandGrammar Grammar => CommandGrammar.Empty;

    public CommandJob Start(CommandInvocation invocation)
    {
        if (invocation.Arguments.Length < 2)
        {
            return CommandJob.Completed(CommandResult.Failure(125, "timeout: missing operand"));
        }

        string text = invocation.Arguments[0].TrimEnd('s');
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds) || seconds > 1_000_000)
        {
            return CommandJob.Completed(CommandResult.Failure(125, $"timeout: invalid time interval '{invocation.Arguments[0]}'"));
        }

        CommandJob inner = invocation.Executor.StartCommand(invocation.Namespace, invocation.Arguments[1..], invocation.Input);
        return inner.IsCompleted ? inner : new Job(invocation.Namespace.Node, inner, Duration.FromNanoseconds((long)(seconds * 1_000_000_000)));
    }

    private sealed class Job : CommandJob
    {
        private readonly Node _node;
        private readonly CommandJob _inner;
        private readonly CallbackTimer _timer;
        private bool _isOver;

        public Job(Node node, CommandJob inner, Duration limit)
        {
            _node = node;
            _inner = inner;
            _timer = new CallbackTimer(Expire);
            node.Schedule(_timer, node.Now + limit);
            inner.WhenCompleted(Ended);
        }

        public override void Interrupt() => _inner.Interrupt();

        private void Expire()
        {
            _isOver = true;
            _inner.Interrupt();
        }

        private void Ended(CommandJob done)
        {
            _node.Cancel(_timer);
            Complete(_isOver ? done.Result! with { Exit = TimedOut } : done.Result!);
        }
    }
}
