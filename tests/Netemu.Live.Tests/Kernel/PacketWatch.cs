using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;

namespace Netemu.Live.Tests.Kernel;

/// <summary>A packet socket on one device; the kernel queues what it sees.</summary>
internal sealed class PacketWatch : IFrameWatch
{
    private readonly Socket _socket;

    public PacketWatch(string space, string device) => _socket = Open(space, device);

    /// <summary>Opens a packet socket that is bound to a device.</summary>
    public static Socket Open(string space, string device) => NamespaceThread.Run(space, () =>
    {
        Socket socket = new(AddressFamily.Packet, SocketType.Raw, (ProtocolType)PacketEndPoint.AllProtocols)
        {
            ReceiveBufferSize = 4 * 1024 * 1024,
        };
        socket.Bind(new PacketEndPoint((int)Interop.if_nametoindex(device)));
        return socket;
    });

    public IReadOnlyList<string> Frames()
    {
        List<string> lines = [];
        byte[] buffer = new byte[70_000];
        SocketAddress from = new(AddressFamily.Packet, PacketEndPoint.MaximumSize);
        while (_socket.Poll(0, SelectMode.SelectRead))
        {
            from.Size = PacketEndPoint.MaximumSize;
            int length = _socket.ReceiveFrom(buffer, SocketFlags.None, from);
            lines.Add($"{(PacketEndPoint.IsOutgoing(from) ? "out" : "in")} {FrameText.Of(buffer.AsSpan(0, length))}");
        }

        return Tally.Of(lines);
    }

    public void Dispose() => _socket.Dispose();
}
