using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.IPv4;

/// <content>
/// The common way through, for the frames of a channel one after the other: what <see cref="Receive"/>, <see cref="RouteInput"/>,
/// <see cref="RouteForward"/> and <see cref="SendTo"/> do when no check finds anything to do. What holds for the device and
/// the namespace is asked once for a run of frames, because nothing else happens in the shard while the run lasts; the
/// first frame that is not plain ends it and takes the long way. Both ways give the same bytes, counters, times and hash.
/// </content>
public sealed partial class IPv4Stack
{
    private const uint PlainTypeMask = 0x00FF_FFFF;

    /// <summary>EtherType IPv4 and a header without options, as the four bytes at <see cref="EthernetHeader.TypeOffset"/> read.</summary>
    private const uint PlainType = 0x0045_0008;

    private const ulong MacMask = 0x0000_FFFF_FFFF_FFFF;

    private const FrameFlags MustBeSet = FrameFlags.HeaderChecked;
    private const FrameFlags MustBeClear = FrameFlags.Shared | FrameFlags.Traced | FrameFlags.ForHost;

    /// <summary>Where the last run went, which is where the next one probably goes; only for what warms the cache.</summary>
    internal NextHop<IPv4Address>? LastHop { get; private set; }

    /// <summary>
    /// Forwards the frames of <paramref name="channel"/> that arrive before <paramref name="limit"/>; false if not even the
    /// first of them was plain. The shard's clock is that of the last frame forwarded.
    /// </summary>
    /// <remarks>
    /// Batch by batch: all headers are looked at, then all destinations looked up side by side, so that their misses overlap;
    /// then the frames go, one after the other. A route found ahead holds, for within a run nothing writes a table.
    /// </remarks>
    internal bool ForwardRun(LinkChannel channel, Shard shard, long limit)
    {
        NetDevice input = channel.Receiver;
        if (!IsPlainInput(input))
        {
            return false;
        }

        RouteTable<IPv4Address> main = Routes.Main;
        RouteTable<IPv4Address> local = Routes.Local;
        Span<IPv4Address> destinations = shard.Scratch.Destinations;
        Span<int> routes = shard.Scratch.Routes;
        ref RunHash hash = ref Namespace.Node.Hash;
        PlainWay way = default;
        int lastRoute = -1;
        int packets = 0;
        long bytes = 0;
        bool goesOn = true;
        while (goesOn)
        {
            int count = PeekPlain(channel, limit, destinations);
            main.LookupBatch(destinations[..count], routes);
            goesOn = count == destinations.Length;
            for (int i = 0; i < count; i++)
            {
                Frame frame = channel.Peek(0, out long arrival)!;
                int length = frame.Length;
                if (routes[i] != lastRoute && !TryTakeWay(main, destinations[i], routes[i], input, ref way)
                    || arrival >= way.UsableUntil || length > way.LongestFrame || local.ResolveHost(destinations[i]) is not null)
                {
                    goesOn = false;
                    break;
                }

                lastRoute = routes[i];
                shard.NowNanoseconds = arrival;
                channel.Advance();
                packets++;
                bytes += length;
                ref byte start = ref frame.FirstByte;
                hash.AddArrival(MemoryMarshal.CreateReadOnlySpan(ref start, length), arrival);
                frame.Flags &= ~FrameFlags.LocallyGenerated;
                DecrementTtl(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref start, NetworkOffset), IPv4Header.MinimumSize));
                Unsafe.WriteUnaligned(ref start, way.RewriteLow);
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, sizeof(ulong)), way.RewriteHigh);
                way.Output!.TransmitPlain(frame, arrival);
            }
        }

        channel.EndRun();
        input.CountReceived(packets, bytes);
        LastHop = way.Hop ?? LastHop;
        return packets > 0;
    }

    /// <summary>The destinations of the next frames of a channel, as many as are plain and arrive before <paramref name="limit"/>.</summary>
    private int PeekPlain(LinkChannel channel, long limit, Span<IPv4Address> destinations)
    {
        NetDevice input = channel.Receiver;
        ulong mac = WireOrder(input.Mac);
        int longest = input.LongestFrame;
        int count = 0;
        while (count < destinations.Length && channel.Peek(count, out long arrival) is Frame frame && arrival < limit)
        {
            int length = frame.Length;
            if ((frame.Flags & (MustBeSet | MustBeClear)) != MustBeSet || length < NetworkOffset + IPv4Header.MinimumSize || length > longest)
            {
                break;
            }

            ref byte bytes = ref frame.FirstByte;
            int total = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref bytes, NetworkOffset + IPv4Header.TotalLengthOffset)));
            if (((Unsafe.ReadUnaligned<ulong>(ref bytes) ^ mac) & MacMask) != 0
                || (Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref bytes, EthernetHeader.TypeOffset)) & PlainTypeMask) != PlainType
                || total + NetworkOffset != length
                || Unsafe.Add(ref bytes, NetworkOffset + IPv4Header.TtlOffset) <= 1)
            {
                break;
            }

            uint source = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref bytes, NetworkOffset + IPv4Header.SourceOffset)));
            uint destination = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref bytes, NetworkOffset + IPv4Header.DestinationOffset)));
            if (!IsOrdinary(source) || !IsOrdinary(destination) || IsLocal(new IPv4Address(source)))
            {
                break;
            }

            destinations[count++] = new IPv4Address(destination);
        }

        return count;
    }

    /// <summary>True if a packet that comes in by <paramref name="input"/> meets nothing but the route on its way.</summary>
    private bool IsPlainInput(NetDevice input)
    {
        if (!input.IsPlain || !input.IsUp || Routes.HasRules || _exceptions is not null || Namespace.Hooks is { ForwardsIPv4: false })
        {
            return false;
        }

        InterfaceSettings settings = Namespace.SettingsOf(input);
        return settings.Forwarding && settings.ReversePathFilter == 0
            && Namespace.Settings.All.ReversePathFilter == 0;
    }

    /// <summary>
    /// Takes the way of a route that leads to a gateway that is known, by another Ethernet device than <paramref name="input"/>,
    /// in whose way nothing stands; false for every other one.
    /// </summary>
    private static bool TryTakeWay(RouteTable<IPv4Address> table, IPv4Address destination, int id, NetDevice input, ref PlainWay way)
    {
        RouteInfo<IPv4Address>? route = table.FromId(destination, id);
        if (route is null || route.Type != RouteType.Unicast || route.Group is not null || route.Mtu != 0)
        {
            return false;
        }

        NextHop<IPv4Address> hop = route.NextHop;
        if (!hop.HasGateway || hop.Neighbour is not { IsDead: false } neighbour || ReferenceEquals(hop.Device, input)
            || hop.Device is not EthernetDevice { IsPlain: true, IsRunning: true, CrossesShards: true } output)
        {
            return false;
        }

        ulong sender = WireOrder(output.Mac);
        way.Hop = hop;
        way.Output = output;
        way.UsableUntil = neighbour.UsableUntil;
        way.LongestFrame = output.Mtu + NetworkOffset;
        way.RewriteLow = WireOrder(neighbour.Mac) | (sender << 48);
        way.RewriteHigh = (uint)(sender >> 16);
        return true;
    }

    private static ulong WireOrder(MacAddress mac) => BinaryPrimitives.ReverseEndianness(mac.Value) >> 16;

    /// <summary>What a run needs of the route that its last frame took.</summary>
    private ref struct PlainWay
    {
        public NextHop<IPv4Address>? Hop;
        public EthernetDevice? Output;

        /// <summary>When the neighbour's entry has to be looked at again, in nanoseconds.</summary>
        public long UsableUntil;

        /// <summary>The output's MTU and an Ethernet header.</summary>
        public int LongestFrame;

        /// <summary>The first eight bytes of the new Ethernet header, and the four after them.</summary>
        public ulong RewriteLow;
        public uint RewriteHigh;
    }
}
