using System.Collections.Immutable;
using System.Globalization;
using Netemu.Commands.Shell;
using Netemu.Core.Time;
using Netemu.Engine.Simulation;

namespace Netemu.Commands.Basics;

/// <summary>sleep: lets virtual time pass.</summary>
public sealed class SleepCommand : ICommand
{
    public ImmutableArray<string> Names { get; } = ["sleep"];

    public CommandGrammar Grammar => CommandGrammar.Empty;

    public CommandJob Start(CommandInvocation invocation)
    {
        if (invocation.Arguments.IsEmpty)
        {
            return CommandJob.Completed(CommandResult.Failure(1, "sleep: missing operand"));
        }

        Duration total = Duration.Zero;
        foreach (string argument in invocation.Arguments)
        {
            if (!TryParse(argument, out Duration duration))
            {
                return CommandJob.Completed(CommandResult.Failure(1, $"sleep: invalid time interval '{argument}'"));
            }

            total += duration;
        }

        return new Job(invocation.Namespace.Node, total);
    }

    private static bool TryParse(string text, out Duration duration)
    {
        duration = default;
        long scale = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        if (!decimal.TryParse(
            scale == 0 ? text : text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
            || value > 1_000_000)
        {
            return false;
        }

        duration = Duration.FromNanoseconds((long)(value * (scale == 0 ? 1 : scale) * 1_000_000_000m));
        return true;
    }

    private sealed class Job : CommandJob
    {
        private readonly Node _node;
        private readonly CallbackTimer _timer;

        public Job(Node node, Duration duration)
        {
            _node = node;
            _timer = new CallbackTimer(() => Complete(CommandResult.Success));
            node.Schedule(_timer, node.Now + duration);
        }

        public override void Interrupt()
        {
            _node.Cancel(_timer);
            Complete(new CommandResult(130, string.Empty, string.Empty));
        }
    }
}
