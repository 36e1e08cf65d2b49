using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
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
    internal bool ForwardRun(LinkChannel channel, Shard shard, long limit)
    {
        NetDevice input = channel.Receiver;
        if (!IsPlainInput(input))
        {
            return false;
        }

        RouteTable<IPv4Address> main = Routes.Main;
        RouteTable<IPv4Address> local = Routes.Local;
        ulong mac = WireOrder(input.Mac);
        ref RunHash hash = ref Namespace.Node.Hash;
        RouteInfo<IPv4Address>? lastRoute = null;
        NeighbourEntry<IPv4Address>? neighbour = null;
        EthernetDevice? output = null;
        ulong rewriteLow = 0;
        ulong rewriteHigh = 0;
        int mtu = 0;
        int forwarded = 0;
        while (channel.PeekBefore(limit, out long arrival) is Frame frame)
        {
            int length = frame.Length;
            if ((frame.Flags & (MustBeSet | MustBeClear)) != MustBeSet || length < NetworkOffset + IPv4Header.MinimumSize)
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

            IPv4Address to = new(destination);
            RouteInfo<IPv4Address>? route = frame.HintGeneration == main.Generation && frame.HintDestination == destination
                ? main.FromHint(to, frame.RouteHint)
                : main.Resolve(to);
            if (route is null || local.ResolveHost(to) is not null)
            {
                break;
            }

            // The route, not its next hop: routes of different type or MTU may share one.
            if (!ReferenceEquals(route, lastRoute))
            {
                if (!IsPlainWay(route, input, out output, out neighbour))
                {
                    break;
                }

                lastRoute = route;
                mtu = output.Mtu;
                ulong sender = WireOrder(output.Mac);
                rewriteLow = WireOrder(neighbour.Mac) | (sender << 48);
                rewriteHigh = sender >> 16;
            }

            if (arrival >= neighbour!.UsableUntil || total > mtu || input.IsTooLong(frame))
            {
                break;
            }

            shard.NowNanoseconds = arrival;
            channel.Advance(shard);
            forwarded++;
            input.CountReceived(length);
            hash.AddArrival(MemoryMarshal.CreateReadOnlySpan(ref bytes, length), arrival);
            frame.HintGeneration = 0;
            frame.Type = PacketType.Host;
            frame.Input = input;
            frame.Flags &= ~FrameFlags.LocallyGenerated;
            DecrementTtl(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref bytes, NetworkOffset), IPv4Header.MinimumSize));
            Unsafe.WriteUnaligned(ref bytes, rewriteLow);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref bytes, sizeof(ulong)), (uint)rewriteHigh);
            output!.TransmitPlain(frame, arrival);
        }

        channel.EndRun();
        LastHop = lastRoute?.NextHop ?? LastHop;
        return forwarded > 0;
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
    /// True if a route leads to a gateway that is known, by another Ethernet device than <paramref name="input"/>, in whose
    /// way nothing stands.
    /// </summary>
    private static bool IsPlainWay(
        RouteInfo<IPv4Address> route, NetDevice input, out EthernetDevice output, out NeighbourEntry<IPv4Address> neighbour)
    {
        NextHop<IPv4Address> hop = route.NextHop;
        output = (hop.Device as EthernetDevice)!;
        neighbour = hop.Neighbour!;
        return route.Type == RouteType.Unicast && route.Group is null && route.Mtu == 0
            && hop.HasGateway && neighbour is { IsDead: false }
            && output is { IsPlain: true, IsRunning: true, CrossesShards: true } && !ReferenceEquals(output, input);
    }

    private static ulong WireOrder(MacAddress mac) => BinaryPrimitives.ReverseEndianness(mac.Value) >> 16;
}
