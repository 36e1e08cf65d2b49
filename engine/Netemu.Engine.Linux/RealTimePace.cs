using System;
using System.Collections.Generic;
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Netemu.Core.Time;
using Netemu.Engine.Edges;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Linux;

/// <summary>
/// Ties virtual time to the machine's monotonic clock: never ahead of it, never skipped. Between windows it hands what
/// has been sent to the kernel, polls the edges, and sleeps until an event is due or a packet comes in.
/// </summary>
/// <remarks>
/// If the emulation is slower than the clock it falls behind and catches up when it can; by how much is counted, not
/// hidden.
/// </remarks>
public sealed class RealTimePace : IPace, IDisposable
{
    /// <summary>How often the run's own conditions (an interrupt) are looked at while nothing happens.</summary>
    private const long LongestSleep = 50_000_000;

    /// <summary>Work that begins later than this after its instant counts as late.</summary>
    private const long Tolerance = 1_000_000;

    /// <summary>While work is due, edges are polled this often: every poll is a system call for each of them.</summary>
    private const long PollInterval = 20_000;

    private readonly List<(EdgeDevice Device, KernelEdge? Kernel)> _edges = [];
    private readonly WakeUp _wakeUp = new();
    private readonly RealTimeSpeed _speed;
    private Interop.pollfd[] _poll = [];
    private long _wallOrigin;
    private long _virtualOrigin;
    private long _nextPoll;
    private bool _isStarted;

    public RealTimePace(RealTimeSpeed speed) => _speed = speed;

    /// <summary>How far the emulation was behind the clock, at most.</summary>
    public Duration MaximumLag { get; private set; }

    /// <summary>Windows that began more than a millisecond late.</summary>
    public long LateWindows { get; private set; }

    /// <summary>Windows that had work.</summary>
    public long Windows { get; private set; }

    /// <summary>Takes an edge into the poll; the one that the device has now.</summary>
    public void Add(EdgeDevice device) => _edges.Add((device, device.Edge as KernelEdge));

    /// <summary>Ends a sleep, from any thread.</summary>
    public void Wake() => _wakeUp.Signal();

    public SimTime Advance(Emulation emulation, SimTime end)
    {
        if (!_isStarted)
        {
            Start(emulation);
        }

        FlushEdges();
        while (true)
        {
            SimTime clock = Clock;
            SimTime next = emulation.NextWork;
            if (clock.Nanoseconds >= _nextPoll || next > clock)
            {
                PollEdges(clock);
                next = emulation.NextWork;
            }

            SimTime target = next < end ? next : end;
            if (target <= clock)
            {
                NoteLag(next, clock);
                return clock < end ? clock : end;
            }

            if (!Sleep(target))
            {
                // Nothing came: let time go on, so that the run's conditions are asked.
                clock = Clock;
                PollEdges(clock);
                return clock < end ? clock : end;
            }
        }
    }

    public void Dispose()
    {
        FlushEdges();
        _wakeUp.Dispose();
    }

    private SimTime Clock => new(_virtualOrigin + _speed.ToVirtual(Wall() - _wallOrigin));

    private static long Wall() => Stopwatch.GetElapsedTime(0).Ticks * 100;

    private void Start(Emulation emulation)
    {
        _isStarted = true;
        _wallOrigin = Wall();
        _virtualOrigin = emulation.Now.Nanoseconds;

        // The kernel lets timers of ordinary threads be 50 us late unless told otherwise.
        _ = Interop.prctl(Interop.PR_SET_TIMERSLACK, 1, 0, 0, 0);
    }

    private void FlushEdges()
    {
        foreach ((EdgeDevice device, _) in _edges)
        {
            device.Edge?.Flush();
        }
    }

    private void PollEdges(SimTime clock)
    {
        _nextPoll = clock.Nanoseconds + PollInterval;
        foreach ((EdgeDevice device, _) in _edges)
        {
            device.Edge?.Poll(device, clock);
        }
    }

    private void NoteLag(SimTime due, SimTime clock)
    {
        if (due > clock)
        {
            return;
        }

        Windows++;
        Duration lag = clock - due;
        LateWindows += lag.Nanoseconds > Tolerance ? 1 : 0;
        MaximumLag = lag > MaximumLag ? lag : MaximumLag;
    }

    /// <summary>Sleeps until <paramref name="target"/> or until a packet comes in; false if it was cut short for neither.</summary>
    private unsafe bool Sleep(SimTime target)
    {
        long wall = _wallOrigin + _speed.ToWall(target.Nanoseconds - _virtualOrigin) - Wall();
        long slept = Math.Clamp(wall, 0, LongestSleep);
        int count = FillPoll();
        Interop.timespec time = new() { tv_sec = 0, tv_nsec = slept };
        int ready;
        fixed (Interop.pollfd* poll = _poll)
        {
            ready = Interop.ppoll(poll, (nuint)count, &time, null);
        }

        if (ready > 0 && _poll[0].revents != 0)
        {
            _wakeUp.Clear();
        }

        return ready > 0 || wall <= LongestSleep;
    }

    private int FillPoll()
    {
        if (_poll.Length <= _edges.Count)
        {
            _poll = new Interop.pollfd[_edges.Count + 1];
        }

        int count = 0;
        _poll[count++] = new Interop.pollfd { fd = Descriptor(_wakeUp.Handle), events = Interop.POLLIN };
        foreach ((EdgeDevice device, KernelEdge? kernel) in _edges)
        {
            if (kernel is { IsGone: false } && ReferenceEquals(device.Edge, kernel))
            {
                _poll[count++] = new Interop.pollfd { fd = Descriptor(kernel.Handle), events = Interop.POLLIN };
            }
        }

        return count;
    }

    /// <summary>The handle is held by the edge for as long as it is in the list.</summary>
    private static int Descriptor(SafeFileHandle handle) => (int)handle.DangerousGetHandle();
}
