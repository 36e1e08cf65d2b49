using System;
using System.Runtime.CompilerServices;

namespace Netemu.Engine.Processes;

/// <summary>What the compiler builds async methods of processes with: the state machine is boxed at the first wait, once.</summary>
public struct ProcessTaskBuilder
{
    private ProcessTask? _task;

    public ProcessTask Task => _task ??= new ProcessTask();

    public static ProcessTaskBuilder Create() => default;

    public void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    public void SetStateMachine(IAsyncStateMachine stateMachine)
    {
        // Of the old protocol; the box needs none.
    }

    public void SetResult() => Task.Complete();

    public void SetException(Exception exception) => Task.Complete(exception);

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine
    {
        if (_task is not Box<TStateMachine> box)
        {
            // The builder is part of the machine: it must know its box before the machine is copied there.
            box = new Box<TStateMachine>();
            _task = box;
            box.Machine = stateMachine;
        }

        awaiter.OnCompleted(box.Resume);
    }

    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => AwaitOnCompleted(ref awaiter, ref stateMachine);

    private sealed class Box<TStateMachine> : ProcessTask
        where TStateMachine : IAsyncStateMachine
    {
        public TStateMachine Machine = default!;

        public Box() => Resume = () => Machine.MoveNext();

        public Action Resume { get; }
    }
}
