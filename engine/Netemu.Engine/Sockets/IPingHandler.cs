using System;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Sockets;

/// <summary>What the owner of a <see cref="PingSocket"/> is told.</summary>
public interface IPingHandler
{
    void OnEchoReply(PingSocket socket, InternetAddress from, ushort sequence, byte ttl, int size);

    /// <summary>The options of a reply's IPv4 header, told just before the reply itself; only if there are any.</summary>
    void OnOptions(PingSocket socket, ReadOnlySpan<byte> options)
    {
    }

    void OnError(PingSocket socket, IcmpError error);

    /// <summary>A router knows a better way for a request (IPv4), which it has sent on: what only a raw socket sees.</summary>
    void OnRedirect(PingSocket socket, IcmpError redirect)
    {
    }
}
