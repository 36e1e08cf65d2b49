using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sockets;

/// <summary>
/// One owner thread for everything that the sockets of a process tell: completions are posted to it, timers run on real
/// time. Whoever calls <see cref="Run"/> is the owner; protocol code runs nowhere else.
/// </summary>
/// <remarks>
/// The owner sleeps on a monitor that whoever posts wakes itself. A channel's or a task's wake-up goes through the thread
/// pool, which on a machine of two cores with both its threads blocked takes half a second: long enough for a peer to
/// give up a connection that stands.
/// <para>
/// What has arrived goes before timers, and timers run one instant at a time: where there is more to do than time, as when a
/// hundred speakers of one process start, a neighbour that has connected is heard before it is connected to as well.
/// </para>
/// </remarks>
public sealed class SocketEventLoop : IScheduler
{
    private readonly object _gate = new();

    // Unbounded on purpose: a socket has at most one receive, one send, one connect outstanding, so the sockets bound
    // it, and a completion that was dropped would be a connection that hangs.
    private List<ISocketCompletion> _posted = [];
    private List<ISocketCompletion> _taken = [];

    private readonly EventLoop _timers = new();
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>
    /// Has the runtime tell completions on the thread that waits for them, instead of handing each to the thread pool: all
    /// that is done there is to post. For a whole process, before its first socket; the runtime has no other switch.
    /// </summary>
    public static void UseInlineCompletions() =>
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

    /// <summary>The time when what runs now was taken up; a timer that comes late sees that it does.</summary>
    public SimTime Now { get; private set; }

    public void Schedule(TimerEntry timer, SimTime due) => _timers.Schedule(timer, due);

    public void Cancel(TimerEntry timer) => _timers.Cancel(timer);

    /// <summary>Has an action run on the owner's thread. From any thread.</summary>
    public void Post(Action action) => Post(new PostedAction(action));

    /// <summary>Runs until cancelled.</summary>
    public void Run(CancellationToken cancellation)
    {
        using CancellationTokenRegistration wake = cancellation.Register(() => Post(static () => { }));
        while (!cancellation.IsCancellationRequested)
        {
            Now = RealTime();
            foreach (ISocketCompletion completion in Take())
            {
                completion.Complete();
            }

            SimTime next = _timers.NextDue;
            if (next <= Now)
            {
                _timers.RunUntil(next > _timers.Now ? next : _timers.Now);
            }
            else
            {
                Wait();
            }
        }
    }

    internal void Post(ISocketCompletion completion)
    {
        lock (_gate)
        {
            _posted.Add(completion);
            if (_posted.Count == 1)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>What has been posted since the last call; the list is the caller's until the next one.</summary>
    private List<ISocketCompletion> Take()
    {
        _taken.Clear();
        lock (_gate)
        {
            (_posted, _taken) = (_taken, _posted);
        }

        return _taken;
    }

    private void Wait()
    {
        int milliseconds = Timeout.Infinite;
        if (_timers.NextDue != SimTime.Never)
        {
            Duration wait = _timers.NextDue - RealTime();
            if (wait <= Duration.Zero)
            {
                return;
            }

            milliseconds = (int)Math.Clamp(wait.Milliseconds, 1, int.MaxValue);
        }

        lock (_gate)
        {
            if (_posted.Count == 0)
            {
                Monitor.Wait(_gate, milliseconds);
            }
        }
    }

    private SimTime RealTime() => new(Stopwatch.GetElapsedTime(_start).Ticks * 100);

    private sealed class PostedAction(Action action) : ISocketCompletion
    {
        public void Complete() => action();
    }
}
