using System;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Netemu.Engine.Processes;

/// <summary>
/// What an async method of a process returns: the engine's own awaitable. It goes on inside the event that ends its wait, on
/// the engine's thread, in the order of events; nothing of the thread pool is involved, so that the same run gives the same
/// order. One method may await it, once.
/// </summary>
[AsyncMethodBuilder(typeof(ProcessTaskBuilder))]
public class ProcessTask : INotifyCompletion
{
    private Action? _continuation;
    private ExceptionDispatchInfo? _failure;

    internal ProcessTask()
    {
    }

    /// <summary>A task that has ended.</summary>
    public static ProcessTask CompletedTask => new() { IsCompleted = true };

    public bool IsCompleted { get; private protected set; }

    public ProcessTask GetAwaiter() => this;

    /// <summary>Throws what the method threw.</summary>
    public void GetResult() => _failure?.Throw();

    public void OnCompleted(Action continuation)
    {
        if (IsCompleted)
        {
            continuation();
        }
        else
        {
            _continuation = continuation;
        }
    }

    internal void Complete(Exception? failure = null)
    {
        _failure = failure is null ? null : ExceptionDispatchInfo.Capture(failure);
        IsCompleted = true;
        Action? continuation = _continuation;
        _continuation = null;
        continuation?.Invoke();
    }
}
