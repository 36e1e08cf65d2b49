using System;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Processes;

/// <summary>
/// A socket of a process. No call blocks: what can't be done now returns at once (Errno.EAGAIN, or 0 bytes), and the process
/// awaits until it can. One method may wait for input and one for room to write.
/// </summary>
public abstract class ProcessSocket : IDisposable
{
    private protected ProcessSocket(Process process)
    {
        Process = process;
        Descriptor = process.Register(this);
        Readable = process.CreateWaitQueue();
    }

    public Process Process { get; }

    /// <summary>The file descriptor.</summary>
    public int Descriptor { get; }

    /// <summary>Woken when there is something to read, accept or be told.</summary>
    public WaitQueue Readable { get; }

    /// <summary>The last error (SO_ERROR).</summary>
    public Errno Error { get; private protected set; }

    public bool IsClosed { get; private set; }

    /// <summary>Closes the socket (close(2)); a second call does nothing.</summary>
    public void Close()
    {
        if (!IsClosed)
        {
            IsClosed = true;
            Process.Unregister(this);
            Release();
        }
    }

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    private protected abstract void Release();
}
