using System;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;

namespace Netemu.Commands.Shell;

/// <summary>
/// Runs command lines in namespaces. Scenario steps, `netemu exec` and the interactive shell all come through here: a step
/// starts one at a barrier and goes on when the job has ended; a command line that is not part of a run is run to completion,
/// and virtual time with it.
/// </summary>
public sealed class CommandExecutor(CommandRegistry registry)
{
    /// <summary>The shell's exit code for a command that does not exist.</summary>
    public const int NotFound = 127;

    public CommandRegistry Registry { get; } = registry;

    /// <summary>
    /// Starts a command line in a namespace, at a barrier or in a paused run. <paramref name="completed"/> is called once:
    /// before this returns if no command takes time, else inside the event that ends the last one.
    /// </summary>
    public CommandJob Start(NetworkNamespace space, string commandLine, Action<CommandResult>? completed = null)
    {
        ShellScript script = ShellParser.Parse(commandLine);
        CommandJob job;
        if (script.Error is not null)
        {
            job = CommandJob.Completed(CommandResult.Failure(2, script.Error));
        }
        else
        {
            ShellJob shell = new(this, space, script.Pipelines);
            shell.Run();
            job = shell;
        }

        if (completed is not null)
        {
            job.WhenCompleted(done => completed(done.Result!));
        }

        return job;
    }

    /// <summary>Starts a command given by its words, as `netemu exec` gets them.</summary>
    public CommandJob Start(NetworkNamespace space, ImmutableArray<string> words) =>
        words.IsEmpty ? CommandJob.Completed(CommandResult.Success) : StartCommand(space, words, string.Empty);

    /// <summary>
    /// Runs a command line and virtual time until it ends, at most <paramref name="limit"/>; then it is interrupted and
    /// reports what it has.
    /// </summary>
    public CommandResult RunToCompletion(NetworkNamespace space, string commandLine, Duration limit) =>
        RunToCompletion(space.Node.Emulation, () => Start(space, commandLine), limit);

    /// <summary>The same for a command given by its words.</summary>
    public CommandResult RunToCompletion(NetworkNamespace space, ImmutableArray<string> words, Duration limit) =>
        RunToCompletion(space.Node.Emulation, () => Start(space, words), limit);

    /// <summary>Starts one command; an unknown name is the shell's error.</summary>
    internal CommandJob StartCommand(NetworkNamespace space, ImmutableArray<string> words, string input)
    {
        ICommand? command = Registry.Find(words[0]);
        if (command is null)
        {
            return CommandJob.Completed(CommandResult.Failure(
                NotFound, $"sh: 1: {words[0]}: not found{Spelling.Hint(words[0], Registry.Names)}"));
        }

        return command.Start(new CommandInvocation(this, space, words[0], words.RemoveAt(0), input));
    }

    /// <summary>Starts what stands behind a pipe.</summary>
    internal CommandJob StartPiped(NetworkNamespace space, ImmutableArray<string> words, string input)
    {
        if (Registry.Find(words[0]) is not (null or ITextFilter or IInputReader))
        {
            string readers = string.Join(
                ", ", Registry.Commands.Where(c => c.Value is ITextFilter or IInputReader).Select(c => c.Key));
            return CommandJob.Completed(CommandResult.Failure(2, $"sh: '{words[0]}' cannot read from a pipe here\nhint: what can: {readers}"));
        }

        return StartCommand(space, words, input);
    }

    private static CommandResult RunToCompletion(Emulation emulation, Func<CommandJob> start, Duration limit)
    {
        CommandJob? job = null;
        SimTime end = emulation.Now + limit;
        emulation.AtBarrier(emulation.Now, () => job = start());
        emulation.RunUntil(emulation.Now, () => job is not null);
        if (!job!.IsCompleted)
        {
            emulation.RunUntil(end, () => job.IsCompleted);
        }

        if (!job.IsCompleted)
        {
            emulation.AtBarrier(emulation.Now, job.Interrupt);
            emulation.RunUntil(emulation.Now);
        }

        return job.Result ?? CommandResult.Failure(130, "interrupted");
    }
}
