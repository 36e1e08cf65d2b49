using System;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Links;
using Netemu.Engine.Routing;
using Netemu.Engine.Tcp;

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
    private const int Group = 16;

    /// <summary>Channels of a group, unless one shard alone has more, and frames of a channel and of a group, that are looked at.</summary>
    private const int ChannelLimit = 64;
    private const int FramesEach = 8;
    private const int FrameLimit = 256;

    private readonly Place[] _places = new Place[Group];
    private readonly Source[] _sources = new Source[ChannelLimit];
    private readonly Arrival[] _arrivals = new Arrival[FrameLimit];
    private readonly SegmentWarmer _segments = new(FrameLimit);
    private int _sum;

    /// <summary>
    /// Warms what the first of these shards will do before <paramref name="end"/>, and says how many these are: a group of
    /// machines, or a few switches.
    /// </summary>
    public int Warm(ReadOnlySpan<Shard> shards, long end)
    {
        int sum = 0;
        int group = 0;
        Span<Source> sources = _sources.AsSpan(0, FindChannels(shards, ref group));
        foreach (ref Source source in sources)
        {
            sum += source.Channel.Id;
        }

        foreach (ref Source source in sources)
        {
            sum += source.Channel.Receiver.Touch();
        }

        foreach (ref Source source in sources)
        {
            sum += (source.Channel.Receiver as EthernetDevice)?.TouchQueue() ?? 0;
        }

        Span<Arrival> arrivals = _arrivals.AsSpan(0, FindFrames(sources, end));
        foreach (ref Arrival arrival in arrivals)
        {
            sum += arrival.Frame.Length;
        }

        Span<Place> places = _places.AsSpan(0, FindPlaces(sources));
        foreach (ref Arrival arrival in arrivals)
        {
            sum += arrival.Frame.Touch();
        }

        sum += WarmForwarding(places);
        foreach (ref Arrival arrival in arrivals)
        {
            sum += arrival.Stack.Routes.Main.TouchRoute(IPv4Stack.PeekDestination(arrival.Frame));
        }

        _sum = sum + _segments.Warm(arrivals);
        return group;
    }

    /// <summary>The stacks at the end of the channels, once each, and where their last packets went.</summary>
    private int WarmForwarding(Span<Place> places)
    {
        int sum = 0;
        foreach (ref Place place in places)
        {
            place.Hop = place.Stack.LastHop;
        }

        foreach (ref Place place in places)
        {
            sum += place.Stack.Routes.Main.Count;
        }

        foreach (ref Place place in places)
        {
            sum += place.Hop?.Device?.Touch() ?? 0;
        }

        foreach (ref Place place in places)
        {
            sum += place.Hop?.Neighbour?.IsDead == true ? 1 : 0;
        }

        foreach (ref Place place in places)
        {
            sum += place.Stack.Routes.Main.Touch();
        }

        foreach (ref Place place in places)
        {
            sum += (place.Hop?.Device as EthernetDevice)?.TouchQueue() ?? 0;
        }

        foreach (ref Place place in places)
        {
            sum += (int)place.Stack.Namespace.Node.Hash.Value;
        }

        return sum;
    }

    private int FindChannels(ReadOnlySpan<Shard> shards, ref int group)
    {
        int count = 0;
        for (; group < Math.Min(shards.Length, Group); group++)
        {
            ReadOnlySpan<LinkChannel> channels = shards[group].Channels;
            if (count > 0 && count + channels.Length > ChannelLimit)
            {
                break;
            }

            foreach (LinkChannel channel in channels[..Math.Min(channels.Length, ChannelLimit)])
            {
                _sources[count++].Channel = channel;
            }
        }

        return count;
    }

    private int FindFrames(Span<Source> sources, long end)
    {
        int count = 0;
        foreach (ref Source source in sources)
        {
            source.Stack = source.Channel.Receiver.Namespace.IPv4;
            for (int i = 0; i < FramesEach && count < FrameLimit && source.Channel.Peek(i, out long at) is Frame frame && at < end; i++)
            {
                _arrivals[count].Frame = frame;
                _arrivals[count++].Stack = source.Stack;
            }
        }

        return count;
    }

    private int FindPlaces(Span<Source> sources)
    {
        int count = 0;
        IPv4Stack? last = null;
        foreach (ref Source source in sources)
        {
            if (!ReferenceEquals(source.Stack, last) && count < Group)
            {
                last = _places[count++].Stack = source.Stack;
            }
        }

        return count;
    }

    /// <summary>A frame and the stack that it comes to.</summary>
    internal struct Arrival
    {
        public Frame Frame;
        public IPv4Stack Stack;
    }

    private struct Source
    {
        public LinkChannel Channel;
        public IPv4Stack Stack;
    }

    private struct Place
    {
        public IPv4Stack Stack;
        public NextHop<IPv4Address>? Hop;
    }
}
