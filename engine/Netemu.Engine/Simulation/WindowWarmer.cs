using System;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Links;
using Netemu.Engine.Routing;

namespace Netemu.Engine.Simulation;

/// <summary>
/// Brings what a group of shards will touch into the cache before they run: group by group, and in a group level by level
/// along the references, so that the misses of the shards of one level overlap instead of being waited for one after the
/// other (group prefetching: Chen, Ailamaki, Gibbons and Mowry, ICDE 2004). It reads only; a level that finds nothing
/// is passed over. Worth its instructions only for networks that the cache does not hold.
/// </summary>
internal sealed class WindowWarmer
{
    /// <summary>Shards of one group: about as many misses as a core keeps under way.</summary>
    public const int Group = 16;

    /// <summary>Frames of each shard that are looked at.</summary>
    private const int Frames = 8;

    private readonly LinkChannel?[] _channels = new LinkChannel?[Group];
    private readonly Frame?[] _frames = new Frame?[Group * Frames];
    private readonly IPv4Stack?[] _stacks = new IPv4Stack?[Group];
    private readonly NextHop<IPv4Address>?[] _hops = new NextHop<IPv4Address>?[Group];
    private int _sum;

    public void Warm(ReadOnlySpan<Shard> shards)
    {
        int count = shards.Length;
        for (int i = 0; i < count; i++)
        {
            _channels[i] = shards[i].FirstChannel;
        }

        int sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += _channels[i]?.Touch(_frames.AsSpan(i * Frames, Frames)) ?? 0;
        }

        for (int i = 0; i < count; i++)
        {
            sum += _channels[i]?.Receiver.Touch() ?? 0;
        }

        foreach (Frame? frame in _frames.AsSpan(0, count * Frames))
        {
            sum += frame?.Length ?? 0;
        }

        for (int i = 0; i < count; i++)
        {
            _stacks[i] = _channels[i]?.Receiver.Namespace.IPv4;
        }

        foreach (Frame? frame in _frames.AsSpan(0, count * Frames))
        {
            sum += frame?.Bytes[0] ?? 0;
        }

        for (int i = 0; i < count; i++)
        {
            _hops[i] = _stacks[i]?.LastHop;
        }

        for (int i = 0; i < count; i++)
        {
            sum += _stacks[i]?.Routes.Main.Count ?? 0;
        }

        for (int i = 0; i < count; i++)
        {
            sum += _hops[i]?.Device?.Touch() ?? 0;
        }

        for (int i = 0; i < count; i++)
        {
            sum += _hops[i]?.Neighbour?.IsDead == true ? 1 : 0;
        }

        for (int i = 0; i < count; i++)
        {
            sum += _stacks[i]?.Routes.Main.Touch() ?? 0;
        }

        for (int i = 0; i < count; i++)
        {
            sum += (_hops[i]?.Device as EthernetDevice)?.TouchQueue() ?? 0;
        }

        for (int i = 0; i < count; i++)
        {
            sum += (int)(_stacks[i]?.Namespace.Node.Hash.Value ?? 0);
        }

        for (int i = 0; i < count; i++)
        {
            RouteTable<IPv4Address>? table = _stacks[i]?.Routes.Main;
            for (int j = i * Frames; table is not null && j < (i + 1) * Frames; j++)
            {
                sum += _frames[j] is Frame frame ? table.TouchRoute(IPv4Stack.PeekDestination(frame)) : 0;
            }
        }

        _sum = sum;
    }
}
