using Netemu.Core.Addresses;

namespace Netemu.Engine.Sockets;

/// <summary>
/// An ICMP error about a packet that a socket sent: who reported it, about which echo (0 for others), and type, code and
/// the four bytes after the checksum (MTU, gateway). <paramref name="Ttl"/> is that of the error itself.
/// </summary>
public readonly record struct IcmpError(
    InternetAddress From, ushort Sequence, byte Type, byte Code, uint Information, byte Ttl)
{
    /// <summary>Where the packet went that the error tells of; told of echoes only.</summary>
    public InternetAddress Destination { get; init; }
}
