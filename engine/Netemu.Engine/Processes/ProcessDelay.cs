using Netemu.Core.Time;

namespace Netemu.Engine.Processes;

/// <summary>A timer that a process waits for.</summary>
internal sealed class ProcessDelay : TimerEntry
{
    private readonly WaitQueue _queue;

    public ProcessDelay(Process process, Duration duration)
    {
        _queue = process.CreateWaitQueue();
        process.Node.Schedule(this, process.Now + duration);
    }

    public override void Expire() => _queue.Wake();

    public async ProcessTask WaitAsync() => await _queue;
}
