using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Processes;

/// <summary>A listening TCP socket: connections whose handshake is complete wait in its queue until they are accepted.</summary>
public sealed class StreamListener : ProcessSocket, IByteStreamAcceptor
{
    private readonly Queue<StreamSocket> _accepted = new();

    internal StreamListener(Process process)
        : base(process)
    {
    }

    /// <summary>The engine's own listener, with its backlog and counters.</summary>
    public TcpListener Listener { get; private set; } = null!;

    public InternetAddress LocalAddress => Listener.LocalAddress;

    public ushort LocalPort => Listener.LocalPort;

    /// <summary>The next connection that waits, or null.</summary>
    public StreamSocket? Accept()
    {
        if (!_accepted.TryDequeue(out StreamSocket? socket))
        {
            return null;
        }

        Listener.Waiting = _accepted.Count;
        return socket;
    }

    /// <summary>Waits for the next connection; null once it listens no more (<see cref="ProcessSocket.Error"/>).</summary>
    public async ProcessTask<StreamSocket?> AcceptAsync()
    {
        while (true)
        {
            if (Accept() is { } socket)
            {
                return socket;
            }

            if (Error != Errno.None)
            {
                return null;
            }

            Readable.Reset();
            await Readable;
        }
    }

    IByteStreamHandler? IByteStreamAcceptor.Accept(IByteStream stream)
    {
        StreamSocket socket = new(Process, (TcpConnection)stream);
        _accepted.Enqueue(socket);
        Listener.Waiting = _accepted.Count;
        Readable.Wake();
        return socket.IsClosed ? null : socket;
    }

    internal Errno Open(InternetAddress address, ushort port, int backlog)
    {
        if (Process.Namespace.Tcp.Listen(address, port, this, out Errno error) is not { } listener)
        {
            Close();
            return error;
        }

        Listener = listener;
        Listener.Backlog = System.Math.Min(backlog, Process.Namespace.Settings.Tcp.Backlog);
        return Errno.None;
    }

    /// <summary>The socket listens no more (tcp_abort): accept says EINVAL.</summary>
    internal void Kill()
    {
        Stop();
        Error = Errno.EINVAL;
        Readable.Wake();
    }

    private protected override void Release() => Stop();

    private void Stop()
    {
        Listener?.Close();
        while (_accepted.TryDequeue(out StreamSocket? socket))
        {
            // inet_csk_listen_stop: who was never accepted is reset.
            socket.Abort();
        }
    }
}
