using System;
using Netemu.Core.Time;

namespace Netemu.Engine.Processes;

/// <summary>
/// A time limit on what a process waits for: when it is over, the wait ends and <see cref="IsOver"/> tells why. Over a
/// stream, the connection ends with it.
/// </summary>
public sealed class Deadline : TimerEntry, IDisposable
{
    private readonly Process _process;
    private readonly WaitQueue? _queue;
    private readonly StreamSocket? _socket;

    public Deadline(Process process, Duration limit, WaitQueue queue)
        : this(process, limit) => _queue = queue;

    /// <summary>Ends connecting, reading and writing of a socket.</summary>
    public Deadline(Process process, Duration limit, StreamSocket socket)
        : this(process, limit) => _socket = socket;

    private Deadline(Process process, Duration limit)
    {
        _process = process;
        process.Node.Schedule(this, process.Now + limit);
    }

    public bool IsOver { get; private set; }

    public override void Expire()
    {
        IsOver = true;
        _queue?.Wake();
        _socket?.TimeOut();
    }

    public void Dispose() => _process.Node.Cancel(this);
}
