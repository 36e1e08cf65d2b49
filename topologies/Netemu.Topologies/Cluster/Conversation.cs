using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Wire;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tcp;
using WireProtocol = Netemu.Core.Wire.IPProtocol;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// A conversation that a connect step was allowed to begin and that a later step (`state: established`) goes on with: a
/// TCP connection that stays open, or the ports of a datagram that was answered.
/// </summary>
internal sealed class Conversation : IByteStreamHandler, IByteStreamAcceptor
{
    private static ReadOnlySpan<byte> OneByte => [0x2E];

    private readonly TcpListener? _listener;
    private readonly TcpConnection? _connection;
    private readonly byte[] _buffer = new byte[64];
    private Action? _arrived;
    private Action<StreamCloseReason>? _ended;

    private Conversation(ConnectPacket first, NetworkNamespace from, NetworkNamespace? target)
    {
        First = first;
        From = from;
        if (first.Protocol == WireProtocol.Tcp && target is not null)
        {
            // A Pod answers on every port: where no process listens, something does for this conversation.
            _listener = target.Tcp.Listen(default, first.DestinationPort, this, out _);
            _connection = from.Tcp.Connect(
                first.Destination, first.DestinationPort, StreamOptions.Default with { LocalAddress = first.Source }, this);
        }
    }

    /// <summary>The packet that began it.</summary>
    public ConnectPacket First { get; }

    public NetworkNamespace From { get; }

    public bool IsStream => _connection is not null;

    public bool IsOpen => _connection is null || _connection.State == TcpState.Established;

    /// <summary>Begins the conversation for good, after a probe has shown that it is allowed.</summary>
    public static Conversation Open(ConnectPacket first, NetworkNamespace from, NetworkNamespace? target) => new(first, from, target);

    /// <summary>Sends one more byte; <paramref name="arrived"/> hears when the other end has it.</summary>
    public Errno Continue(Action arrived, Action<StreamCloseReason> ended)
    {
        _arrived = arrived;
        _ended = ended;
        return _connection!.Write(OneByte) == 1 ? Errno.None : Errno.ECONNRESET;
    }

    /// <summary>Whether a frame is a segment from this end: by its source, which no translation of a Service changes.</summary>
    public bool Owns(InternetAddress source, ReadOnlySpan<byte> frame)
    {
        if (_connection is null || source != _connection.LocalAddress)
        {
            return false;
        }

        int transport = EthernetHeader.Size + (source.IsIPv4 ? (frame[EthernetHeader.Size] & 15) * 4 : IPv6Header.Size);
        return frame.Length >= transport + 2
            && BinaryPrimitives.ReadUInt16BigEndian(frame[transport..]) == _connection.LocalPort;
    }

    public IByteStreamHandler? Accept(IByteStream stream) => this;

    public void OnConnected(IByteStream stream)
    {
    }

    public void OnReadable(IByteStream stream)
    {
        int count;
        do
        {
            count = stream.Read(_buffer);
        }
        while (count > 0);
        _arrived?.Invoke();
    }

    public void OnWritable(IByteStream stream)
    {
    }

    public void OnClosed(IByteStream stream, StreamCloseReason reason) => _ended?.Invoke(reason);
}
