using System;

namespace Netemu.Commands.Shell;

/// <summary>
/// A command that runs in virtual time. It has a result at once (ip, sysctl) or later, by events (ping); then it tells its
/// owner, once, inside that event.
/// </summary>
public abstract class CommandJob
{
    private Action<CommandJob>? _completed;

    /// <summary>The result; null while the command runs.</summary>
    public CommandResult? Result { get; private set; }

    public bool IsCompleted => Result is not null;

    /// <summary>A job that has ended already.</summary>
    public static CommandJob Completed(CommandResult result) => new FinishedJob(result);

    /// <summary>Calls <paramref name="completed"/> when the job ends; at once if it has.</summary>
    public void WhenCompleted(Action<CommandJob> completed)
    {
        if (IsCompleted)
        {
            completed(this);
        }
        else
        {
            _completed += completed;
        }
    }

    /// <summary>Ends the job as an interrupt from the keyboard does: it reports what it has seen so far.</summary>
    public abstract void Interrupt();

    /// <summary>Ends the job; only the first call counts.</summary>
    protected void Complete(CommandResult result)
    {
        if (IsCompleted)
        {
            return;
        }

        Result = result;
        Action<CommandJob>? completed = _completed;
        _completed = null;
        completed?.Invoke(this);
    }

    private sealed class FinishedJob : CommandJob
    {
        public FinishedJob(CommandResult result) => Complete(result);

        public override void Interrupt()
        {
        }
    }
}
