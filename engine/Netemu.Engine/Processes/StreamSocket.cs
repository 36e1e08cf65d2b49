using System;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Processes;

/// <summary>A TCP socket of a process (SOCK_STREAM). The end of the other side's stream leaves ours open, as on Linux.</summary>
public sealed class StreamSocket : ProcessSocket, IByteStreamHandler
{
    private TcpConnection? _connection;
    private bool _ended;

    internal StreamSocket(Process process)
        : base(process) => Writable = process.CreateWaitQueue();

    internal StreamSocket(Process process, TcpConnection accepted)
        : this(process)
    {
        _connection = accepted;
        accepted.AllowHalfOpen = true;
    }

    /// <summary>Woken when the connection stands or failed, and when there is room to write again.</summary>
    public WaitQueue Writable { get; }

    /// <summary>The connection with its figures (round trip, window, retransmissions); null before connect.</summary>
    public TcpConnection? Connection => _connection;

    public bool IsConnected => _connection is { IsOpen: true };

    public InternetAddress LocalAddress => _connection?.LocalAddress ?? default;

    public ushort LocalPort => _connection?.LocalPort ?? 0;

    public InternetAddress RemoteAddress => _connection?.RemoteAddress ?? default;

    public ushort RemotePort => _connection?.RemotePort ?? 0;

    /// <summary>Bytes that <see cref="Read"/> would give now.</summary>
    public int Available => _connection?.UnreadBytes ?? 0;

    /// <summary>True once everything has been read and no more will come.</summary>
    public bool IsEndOfStream => _ended && Available == 0;

    /// <summary>Starts a connection: EINPROGRESS is reported as none, and <see cref="Writable"/> tells of its end.</summary>
    public void BeginConnect(InternetAddress address, ushort port, StreamOptions? options = null)
    {
        _connection = Process.Namespace.Tcp.Connect(address, port, options ?? StreamOptions.Default, this, out Errno error);
        Error = error;
    }

    /// <summary>Connects; the errno that connect(2) would have given.</summary>
    public async ProcessTask<Errno> ConnectAsync(InternetAddress address, ushort port, StreamOptions? options = null)
    {
        BeginConnect(address, port, options);
        if (Error == Errno.None)
        {
            await Writable;
        }

        return Error;
    }

    /// <summary>Copies what has arrived; 0 if there is nothing now, or no more at all (<see cref="IsEndOfStream"/>).</summary>
    public int Read(Span<byte> destination) => _connection?.Read(destination) ?? 0;

    /// <summary>Waits until there is something and reads it: 0 at the end of the stream, -1 with <see cref="ProcessSocket.Error"/>.</summary>
    public async ProcessTask<int> ReadAsync(Memory<byte> destination)
    {
        while (true)
        {
            int count = Read(destination.Span);
            if (count > 0)
            {
                return count;
            }

            if (_ended || Error != Errno.None)
            {
                return Error == Errno.None ? 0 : -1;
            }

            Readable.Reset();
            await Readable;
        }
    }

    /// <summary>Queues what there is room for.</summary>
    public int Write(ReadOnlySpan<byte> source) => _connection?.Write(source) ?? 0;

    /// <summary>Writes everything, waiting for room; false with <see cref="ProcessSocket.Error"/> when the connection is over.</summary>
    public async ProcessTask<bool> WriteAsync(ReadOnlyMemory<byte> source)
    {
        while (!source.IsEmpty)
        {
            if (Error != Errno.None || _connection is null || IsClosed)
            {
                return false;
            }

            Writable.Reset();
            int count = _connection.Write(source.Span);
            source = source[count..];
            if (count == 0 && _connection.State is not (TcpState.Established or TcpState.CloseWait))
            {
                Error = Error == Errno.None ? Errno.EPIPE : Error;
                return false;
            }

            if (!source.IsEmpty)
            {
                await Writable;
            }
        }

        return true;
    }

    /// <summary>No more will be written: a FIN follows the last byte (shutdown(SHUT_WR)).</summary>
    public void ShutdownWrite() => _connection?.ShutdownWrite();

    /// <summary>Ends the connection with a reset (SO_LINGER 0 and close).</summary>
    public void Abort()
    {
        TcpConnection? connection = _connection;
        _connection = null;
        connection?.Abort();
        Close();
    }

    /// <summary>A time limit is over: what waits ends with ETIMEDOUT, and the connection is given up.</summary>
    internal void TimeOut()
    {
        if (IsClosed || Error != Errno.None)
        {
            return;
        }

        Error = Errno.ETIMEDOUT;
        _connection?.Close();
        Writable.Wake();
        Readable.Wake();
    }

    void IByteStreamHandler.OnConnected(IByteStream stream)
    {
        ((TcpConnection)stream).AllowHalfOpen = true;
        Writable.Wake();
    }

    void IByteStreamHandler.OnReadable(IByteStream stream) => Readable.Wake();

    void IByteStreamHandler.OnWritable(IByteStream stream) => Writable.Wake();

    void IByteStreamHandler.OnClosed(IByteStream stream, StreamCloseReason reason)
    {
        if (reason == StreamCloseReason.EndOfStream)
        {
            _ended = true;
            Readable.Wake();
            return;
        }

        Error = Error != Errno.None ? Error : reason switch
        {
            StreamCloseReason.Refused => Errno.ECONNREFUSED,
            StreamCloseReason.Reset => Errno.ECONNRESET,
            StreamCloseReason.TimedOut => Errno.ETIMEDOUT,
            StreamCloseReason.Unreachable => Errno.EHOSTUNREACH,
            StreamCloseReason.Aborted => Errno.ECONNABORTED,
            _ => Errno.ENETDOWN,
        };
        Writable.Wake();
        Readable.Wake();
    }

    private protected override void Release() => _connection?.Close();
}
