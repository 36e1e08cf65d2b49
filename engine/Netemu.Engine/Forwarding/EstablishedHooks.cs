using System;
using Netemu.Core.Addresses;
using Netemu.Engine.Links;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Netfilter.Connections;

namespace Netemu.Engine.Forwarding;

/// <summary>
/// Connections are tracked, and all hooks do the same to the packets of established ones: a run goes on with these. Their
/// connections are looked up side by side; what has to be seen when a packet's turn comes (time-out, state) is seen then.
/// </summary>
internal readonly struct EstablishedHooks(EstablishedPath path, AddressFamily family, BatchScratch scratch) : IRunHooks
{
    private readonly EstablishedPath _path = path;
    private readonly ConnectionTracker _tracker = path.Tracker!;
    private readonly AddressFamily _family = family;
    private readonly FlowPacket[] _packets = scratch.Packets;
    private readonly int[] _places = scratch.Places;

    public int Peek(LinkChannel channel, int count)
    {
        int known = 0;
        while (known < count && FlowPacket.TryRead(channel.Peek(known, out _)!, _family, out _packets[known]))
        {
            known++;
        }

        Span<int> places = _places.AsSpan(0, known);
        _tracker.Find(_packets.AsSpan(0, known), places);
        int unknown = places.IndexOf(-1);
        return unknown < 0 ? known : unknown;
    }

    public bool TryPass(int index, long now) => _tracker.TryPass(_places[index], _packets[index], now);

    public void Count(int packets, long bytes) => _path.Count(packets, bytes);
}
