using System;
using System.Runtime.CompilerServices;
using Netemu.Core.Time;

namespace Netemu.Engine.Processes;

/// <summary>
/// What one method of a process waits at until somebody wakes it: a socket's readable and writable, a timer, the end of
/// another process (the kernel's wait_queue_head with room for one). Reused for each wait; waiting allocates nothing.
/// </summary>
public sealed class WaitQueue : INotifyCompletion
{
    private readonly Process _process;
    private Action? _continuation;
    private Wakeup? _wakeup;
    private bool _woken;

    internal WaitQueue(Process process) => _process = process;

    /// <summary>True if it was woken since the last wait: then a wait ends at once.</summary>
    public bool IsCompleted => _woken;

    /// <summary>True while somebody waits.</summary>
    public bool IsWaiting => _continuation is not null;

    public WaitQueue GetAwaiter() => this;

    public void GetResult() => _woken = false;

    public void OnCompleted(Action continuation) =>
        _continuation = _continuation is null
            ? continuation
            : throw new InvalidOperationException("Two methods of a process wait for the same event.");

    /// <summary>
    /// Lets the waiting method go on, inside this event. A process that is woken very often at one instant goes on a
    /// little later: nothing runs in no time for ever.
    /// </summary>
    public void Wake()
    {
        if (!_process.IsRunning || _woken)
        {
            return;
        }

        _woken = true;
        if (_continuation is null)
        {
            return;
        }

        if (_process.MayGoOn())
        {
            Resume();
        }
        else
        {
            _wakeup ??= new Wakeup(this);
            _process.Node.Schedule(_wakeup, _process.Node.Now + Process.SchedulingDelay);
        }
    }

    /// <summary>Forgets a wake-up that nobody has taken.</summary>
    public void Reset() => _woken = false;

    private void Resume()
    {
        Action? continuation = _continuation;
        _continuation = null;
        if (_process.IsRunning)
        {
            continuation?.Invoke();
        }
    }

    private sealed class Wakeup(WaitQueue queue) : TimerEntry
    {
        public override void Expire() => queue.Resume();
    }
}
