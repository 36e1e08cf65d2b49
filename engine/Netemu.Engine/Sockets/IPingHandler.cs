using Netemu.Core.Addresses;

namespace Netemu.Engine.Sockets;

/// <summary>What the owner of a <see cref="PingSocket"/> is told.</summary>
public interface IPingHandler
{
    void OnEchoReply(PingSocket socket, InternetAddress from, ushort sequence, byte ttl, int size);

    void OnError(PingSocket socket, IcmpError error);
}
