using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sockets;

/// <summary>
/// One owner thread for everything that the sockets of a process tell: completions come through a channel, timers run
/// on
/// real time. Whoever calls <see cref="Run"/> is the owner; protocol code runs nowhere else.
/// </summary>
public sealed class SocketEventLoop : IScheduler
{
    private static readonly Duration LongestWait = Duration.FromMilliseconds(100);

    // Unbounded on purpose: a socket has at most one receive, one send, one connect outstanding, so the sockets bound
    // it,
    // and a completion that was dropped would be a connection that hangs.
    private readonly Channel<ISocketCompletion> _completions =
        Channel.CreateUnbounded<ISocketCompletion>(new UnboundedChannelOptions { SingleReader = true });

    private readonly EventLoop _timers = new();
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>
    /// Has the runtime tell completions on the thread that waits for them, instead of handing each to the thread pool: all
    /// that is done there is to post. For a whole process, before its first socket; the runtime has no other switch.
    /// </summary>
    public static void UseInlineCompletions() =>
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

    public SimTime Now => _timers.Now;

    public void Schedule(TimerEntry timer, SimTime due) => _timers.Schedule(timer, due);

    public void Cancel(TimerEntry timer) => _timers.Cancel(timer);

    /// <summary>Has an action run on the owner's thread. From any thread.</summary>
    public void Post(Action action) => Post(new PostedAction(action));

    /// <summary>Runs until cancelled.</summary>
    public void Run(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            _timers.RunUntil(RealTime());
            while (_completions.Reader.TryRead(out ISocketCompletion? completion))
            {
                completion.Complete();
            }

            // What completions have armed for this instant runs before the next wait.
            _timers.RunUntil(RealTime());
            Wait(cancellation);
        }
    }

    internal void Post(ISocketCompletion completion) => _completions.Writer.TryWrite(completion);

    private void Wait(CancellationToken cancellation)
    {
        Duration wait = _timers.NextDue == SimTime.Never ? LongestWait : _timers.NextDue - RealTime();
        wait = wait > LongestWait ? LongestWait : wait;
        if (wait <= Duration.Zero)
        {
            return;
        }

        ValueTask<bool> ready = _completions.Reader.WaitToReadAsync(cancellation);
        if (ready.IsCompleted)
        {
            return;
        }

        try
        {
            ready.AsTask().Wait((int)Math.Max(1, wait.Milliseconds), cancellation);
        }
        catch (OperationCanceledException)
        {
            // The loop's condition says the same.
        }
        catch (AggregateException exception) when (exception.InnerException is OperationCanceledException)
        {
        }
    }

    private SimTime RealTime() => new(Stopwatch.GetElapsedTime(_start).Ticks * 100);

    private sealed class PostedAction(Action action) : ISocketCompletion
    {
        public void Complete() => action();
    }
}
