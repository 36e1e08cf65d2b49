using System.Runtime.CompilerServices;

namespace Netemu.Engine.Processes;

/// <summary>A <see cref="ProcessTask"/> with a result.</summary>
[AsyncMethodBuilder(typeof(ProcessTaskBuilder<>))]
public class ProcessTask<T> : ProcessTask
{
    private T _result = default!;

    internal ProcessTask()
    {
    }

    public new ProcessTask<T> GetAwaiter() => this;

    public new T GetResult()
    {
        base.GetResult();
        return _result;
    }

    internal void Complete(T result)
    {
        _result = result;
        Complete();
    }
}
