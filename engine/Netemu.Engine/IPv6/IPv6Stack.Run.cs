using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Forwarding;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.IPv6;

/// <content>Runs of plain packets: what of <see cref="PlainRun"/> is IPv6's own.</content>
public sealed partial class IPv6Stack
{
    private NextHop<IPv6Address>? _lastHop;

    /// <summary>Forwards what is plain of the next frames of a channel; see <see cref="PlainRun"/>.</summary>
    internal bool ForwardRun(LinkChannel channel, Shard shard, long limit)
    {
        if (!IsPlainInput(channel.Receiver))
        {
            return false;
        }

        BatchScratch scratch = shard.Scratch;
        PlainPackets packets = default;
        return Namespace.Hooks is not { ForwardsIPv6: false } hooks
            ? PlainRun.Forward(packets, default(NoHooks), Routes, channel, shard, limit, scratch.DestinationsIPv6, ref _lastHop)
            : hooks.Established(AddressFamily.IPv6) is EstablishedPath path
                && PlainRun.Forward(
                    packets, new EstablishedHooks(path, AddressFamily.IPv6, scratch), Routes, channel, shard, limit, scratch.DestinationsIPv6, ref _lastHop);
    }

    /// <summary>True if a packet that comes in by <paramref name="input"/> meets nothing but hooks and the route on its way.</summary>
    private bool IsPlainInput(NetDevice input)
    {
        if (!input.IsPlain || !input.IsUp || input.IPv6 is not { IsEnabled: true }
            || Routes.HasRules || _exceptions is not null)
        {
            return false;
        }

        InterfaceSettings all = Namespace.Settings.All;
        return all.ForwardingIPv6 && !all.ProxyNdp;
    }

    /// <summary>Packets between global addresses without hop-by-hop options; other extension headers are nothing to a router.</summary>
    private readonly struct PlainPackets : IPlainPackets<IPv6Address>
    {
        public static int LeastLength => NetworkOffset + IPv6Header.Size;

        public static FrameFlags MustBeSet => FrameFlags.None;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryRead(ref byte frame, int length, out IPv6Address destination)
        {
            ref byte packet = ref Unsafe.Add(ref frame, NetworkOffset);
            int payload = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref packet, IPv6Header.PayloadLengthOffset)));
            destination = new IPv6Address(Read(ref packet, IPv6Header.DestinationOffset), Read(ref packet, IPv6Header.DestinationOffset + 8));
            return Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref frame, EthernetHeader.TypeOffset)) == BinaryPrimitives.ReverseEndianness(EtherType.IPv6)
                && packet >> 4 == 6
                && payload + NetworkOffset + IPv6Header.Size == length
                && (IPProtocol)Unsafe.Add(ref packet, IPv6Header.NextHeaderOffset) != IPProtocol.HopByHop
                && Unsafe.Add(ref packet, IPv6Header.HopLimitOffset) > 1
                && IsOrdinary(Read(ref packet, IPv6Header.SourceOffset)) && IsOrdinary(destination.High);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Age(ref byte frame) => Unsafe.Add(ref frame, NetworkOffset + IPv6Header.HopLimitOffset)--;

        public static int MtuOf(NetDevice device) => Math.Max(IPv6Stack.MtuOf(null, device), IPv6Interface.MinimumMtu);

        private static ulong Read(ref byte packet, int offset) =>
            BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref packet, offset)));
    }
}
