using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Netemu.Live.Tests.Kernel;

/// <summary>sockaddr_ll: all protocols of one device (packet(7)).</summary>
internal sealed class PacketEndPoint(int interfaceIndex) : EndPoint
{
    public const int Size = 20;

    /// <summary>sockaddr_storage: what the platform asks for before it knows the length.</summary>
    public const int MaximumSize = 128;

    /// <summary>htons(ETH_P_ALL).</summary>
    public const int AllProtocols = 0x0300;

    private const int ProtocolOffset = 2;
    private const int InterfaceOffset = 4;
    private const int PacketTypeOffset = 10;
    private const byte PacketOutgoing = 4;

    public override AddressFamily AddressFamily => AddressFamily.Packet;

    public static bool IsOutgoing(SocketAddress address) => address[PacketTypeOffset] == PacketOutgoing;

    public override SocketAddress Serialize()
    {
        SocketAddress address = new(AddressFamily.Packet, Size);
        BinaryPrimitives.WriteUInt16LittleEndian(address.Buffer.Span[ProtocolOffset..], AllProtocols);
        BinaryPrimitives.WriteInt32LittleEndian(address.Buffer.Span[InterfaceOffset..], interfaceIndex);
        return address;
    }
}
