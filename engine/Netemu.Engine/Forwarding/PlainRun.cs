using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Forwarding;

/// <summary>
/// The common way through a router, for the frames of a channel one after the other: what the stack's Receive, RouteInput,
/// Forward and SendTo do when no check finds anything to do. What holds for the device and the namespace is asked once for a
/// run of frames, because nothing else happens in the shard while the run lasts; the first frame that is not plain ends it
/// and takes the long way. Both ways give the same bytes, counters, times and hash.
/// </summary>
internal static class PlainRun
{
    private const ulong MacMask = 0x0000_FFFF_FFFF_FFFF;
    private const FrameFlags MustBeClear = FrameFlags.Shared | FrameFlags.Traced | FrameFlags.ForHost | FrameFlags.Untracked;

    /// <summary>
    /// Forwards the frames of <paramref name="channel"/> that arrive before <paramref name="limit"/>; false if not even the
    /// first of them was plain. The shard's clock is that of the last frame forwarded, <paramref name="last"/> where it went, and
    /// before where the run before it did.
    /// </summary>
    /// <remarks>
    /// Batch by batch: all headers are looked at, then all destinations looked up side by side, so that their misses overlap;
    /// then the frames go, one after the other. A route found ahead holds, for within a run nothing writes a table.
    /// </remarks>
    public static bool Forward<TAddress, TPackets, THooks>(
        TPackets packets,
        THooks hooks,
        RoutingTables<TAddress> tables,
        LinkChannel channel,
        Shard shard,
        long limit,
        Span<TAddress> destinations,
        ref NextHop<TAddress>? last)
        where TAddress : struct, IIPAddress<TAddress>
        where TPackets : struct, IPlainPackets<TAddress>
        where THooks : struct, IRunHooks
    {
        NetDevice input = channel.Receiver;
        RouteTable<TAddress> main = tables.Main;
        RouteTable<TAddress> local = tables.Local;
        Span<int> routes = shard.Scratch.Routes;
        ref RunHash hash = ref input.Node.Hash;
        PlainWay<TAddress> way = default;
        int lastRoute = int.MinValue; // none yet, and unlike what a lookup without a match gives
        int count = 0;
        long bytes = 0;
        bool goesOn = true;
        if (last is not null)
        {
            // Where the last run went, the next one probably goes: this is read while nothing waits for it.
            TryTakeWay<TAddress, TPackets>(last, input, ref way);
        }

        while (goesOn)
        {
            int batch = hooks.Peek(channel, Peek(ref packets, channel, limit, destinations));
            main.LookupBatch(destinations[..batch], routes);
            goesOn = batch == destinations.Length;
            int taken = 0;
            for (; taken < batch; taken++)
            {
                Frame frame = channel.Known(taken, out long arrival);
                int length = frame.Length;
                if (routes[taken] != lastRoute)
                {
                    way.Settle(count + taken, bytes);
                    if (!TryTakeRoute<TAddress, TPackets>(main, destinations[taken], routes[taken], input, ref way))
                    {
                        goesOn = false;
                        break;
                    }

                    lastRoute = routes[taken];
                }

                if (arrival >= way.UsableUntil || length > way.LongestFrame
                    || (local.MayHold(destinations[taken]) && local.ResolveHost(destinations[taken]) is not null)
                    || !hooks.TryPass(taken, arrival))
                {
                    goesOn = false;
                    break;
                }

                shard.NowNanoseconds = arrival;
                bytes += length;
                ref byte start = ref frame.FirstByte;
                hash.AddArrival(MemoryMarshal.CreateReadOnlySpan(ref start, length), arrival);
                frame.Flags &= ~FrameFlags.LocallyGenerated;
                TPackets.Age(ref start);
                Unsafe.WriteUnaligned(ref start, way.RewriteLow);
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, sizeof(ulong)), way.RewriteHigh);
                way.Output!.TransmitPlain(frame, arrival);
            }

            channel.Advance(taken);
            count += taken;
        }

        way.Settle(count, bytes);
        channel.EndRun();
        input.CountReceived(count, bytes);
        hooks.Count(count, bytes - (count * EthernetHeader.Size));
        last = way.Hop ?? last;
        return count > 0;
    }

    /// <summary>The destinations of the next frames of a channel, as many as are plain and arrive before <paramref name="limit"/>.</summary>
    private static int Peek<TAddress, TPackets>(ref TPackets packets, LinkChannel channel, long limit, Span<TAddress> destinations)
        where TAddress : struct, IIPAddress<TAddress>
        where TPackets : struct, IPlainPackets<TAddress>
    {
        NetDevice input = channel.Receiver;
        ulong mac = WireOrder(input.Mac);
        int longest = input.LongestFrame;
        int present = Math.Min(channel.Present, destinations.Length);
        int count = 0;
        for (; count < present; count++)
        {
            Frame? frame = channel.Known(count, out long arrival);
            if (frame is null || arrival >= limit)
            {
                break;
            }

            int length = frame.Length;
            if ((frame.Flags & (TPackets.MustBeSet | MustBeClear)) != TPackets.MustBeSet || length < TPackets.LeastLength || length > longest)
            {
                break;
            }

            ref byte bytes = ref frame.FirstByte;
            if (((Unsafe.ReadUnaligned<ulong>(ref bytes) ^ mac) & MacMask) != 0 || !packets.TryRead(ref bytes, length, out destinations[count]))
            {
                break;
            }
        }

        return count;
    }

    /// <summary>
    /// Takes the way of a route that leads to a known gateway by another Ethernet device than <paramref name="input"/>, in whose
    /// way nothing stands; false for every other one.
    /// </summary>
    private static bool TryTakeRoute<TAddress, TPackets>(
        RouteTable<TAddress> table, TAddress destination, int id, NetDevice input, ref PlainWay<TAddress> way)
        where TAddress : struct, IIPAddress<TAddress>
        where TPackets : struct, IPlainPackets<TAddress>
    {
        RouteInfo<TAddress>? route = table.FromId(destination, id);
        return route is not null && route.Type == RouteType.Unicast && route.Group is null && route.Mtu == 0
            && (ReferenceEquals(route.NextHop, way.Hop) || TryTakeWay<TAddress, TPackets>(route.NextHop, input, ref way));
    }

    /// <summary>Takes the way to a next hop, if it is of that kind.</summary>
    private static bool TryTakeWay<TAddress, TPackets>(NextHop<TAddress> hop, NetDevice input, ref PlainWay<TAddress> way)
        where TAddress : struct, IIPAddress<TAddress>
        where TPackets : struct, IPlainPackets<TAddress>
    {
        if (!hop.HasGateway || hop.Neighbour is not { IsDead: false } neighbour || ReferenceEquals(hop.Device, input)
            || hop.Device is not EthernetDevice { IsPlain: true, IsRunning: true, CrossesShards: true } output)
        {
            return false;
        }

        ulong sender = WireOrder(output.Mac);
        way.Hop = hop;
        way.Output = output;
        way.UsableUntil = neighbour.UsableUntil;
        way.LongestFrame = TPackets.MtuOf(output) + EthernetHeader.Size;
        way.RewriteLow = WireOrder(neighbour.Mac) | (sender << 48);
        way.RewriteHigh = (uint)(sender >> 16);
        return true;
    }

    private static ulong WireOrder(MacAddress mac) => BinaryPrimitives.ReverseEndianness(mac.Value) >> 16;

    /// <summary>What a run needs of the next hop that its last frame went to.</summary>
    private ref struct PlainWay<TAddress>
        where TAddress : struct, IIPAddress<TAddress>
    {
        public NextHop<TAddress>? Hop;
        public EthernetDevice? Output;

        /// <summary>When the neighbour's entry has to be looked at again, in nanoseconds.</summary>
        public long UsableUntil;

        /// <summary>The output's MTU and an Ethernet header.</summary>
        public int LongestFrame;

        /// <summary>The first eight bytes of the new Ethernet header, and the four after them.</summary>
        public ulong RewriteLow;
        public uint RewriteHigh;

        /// <summary>How many packets and bytes of the run the output's counters have.</summary>
        private int _packets;
        private long _bytes;

        /// <summary>Counts what has gone this way: all of the run that has not been counted yet.</summary>
        public void Settle(int packets, long bytes)
        {
            if (packets != _packets)
            {
                Output!.CountTransmitted(packets - _packets, bytes - _bytes);
                _packets = packets;
                _bytes = bytes;
            }
        }
    }
}
