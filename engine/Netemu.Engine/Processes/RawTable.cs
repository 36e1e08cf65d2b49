using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Engine.Processes;

/// <summary>The raw sockets of a namespace, in the order of their opening (net/ipv4/raw.c).</summary>
public sealed class RawTable
{
    private readonly List<RawSocket> _sockets = [];

    internal RawTable()
    {
    }

    public IReadOnlyList<RawSocket> Sockets => _sockets;

    internal void Add(RawSocket socket) => _sockets.Add(socket);

    internal void Remove(RawSocket socket) => _sockets.Remove(socket);

    /// <summary>Gives every socket of the protocol its copy; true if there was one, and then nobody complains of the protocol.</summary>
    internal bool Deliver(AddressFamily family, IPProtocol protocol, InternetAddress from, InternetAddress to, ReadOnlySpan<byte> bytes)
    {
        bool any = false;
        foreach (RawSocket socket in _sockets.ToArray())
        {
            if (socket.Family == family && socket.Protocol == protocol)
            {
                socket.Deliver(from, to, bytes);
                any = true;
            }
        }

        return any;
    }
}
