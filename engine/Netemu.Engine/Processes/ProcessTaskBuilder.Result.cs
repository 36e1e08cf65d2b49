using System;
using System.Runtime.CompilerServices;

namespace Netemu.Engine.Processes;

/// <summary>The builder of async methods with a result; see <see cref="ProcessTaskBuilder"/>.</summary>
public struct ProcessTaskBuilder<T>
{
    private ProcessTask<T>? _task;

    public ProcessTask<T> Task => _task ??= new ProcessTask<T>();

    public static ProcessTaskBuilder<T> Create() => default;

    public void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    public void SetStateMachine(IAsyncStateMachine stateMachine)
    {
        // Of the old protocol; the box needs none.
    }

    public void SetResult(T result) => Task.Complete(result);

    public void SetException(Exception exception) => Task.Complete(exception);

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine
    {
        if (_task is not Box<TStateMachine> box)
        {
            box = new Box<TStateMachine>();
            _task = box;
            box.Machine = stateMachine;
        }

        awaiter.OnCompleted(box.Resume);
    }

    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => AwaitOnCompleted(ref awaiter, ref stateMachine);

    private sealed class Box<TStateMachine> : ProcessTask<T>
        where TStateMachine : IAsyncStateMachine
    {
        public TStateMachine Machine = default!;

        public Box() => Resume = () => Machine.MoveNext();

        public Action Resume { get; }
    }
}
