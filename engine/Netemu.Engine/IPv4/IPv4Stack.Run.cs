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

namespace Netemu.Engine.IPv4;

/// <content>Runs of plain packets: what of <see cref="PlainRun"/> is IPv4's own.</content>
public sealed partial class IPv4Stack
{
    private NextHop<IPv4Address>? _lastHop;

    /// <summary>Where the last run went, which is where the next one probably goes; only for what warms the cache.</summary>
    internal NextHop<IPv4Address>? LastHop => _lastHop;

    /// <summary>Forwards what is plain of the next frames of a channel; see <see cref="PlainRun"/>.</summary>
    internal bool ForwardRun(LinkChannel channel, Shard shard, long limit)
    {
        if (!IsPlainInput(channel.Receiver))
        {
            return false;
        }

        BatchScratch scratch = shard.Scratch;
        PlainPackets packets = new(this);
        return Namespace.Hooks is not { ForwardsIPv4: false } hooks
            ? PlainRun.Forward(packets, default(NoHooks), Routes, channel, shard, limit, scratch.Destinations, ref _lastHop)
            : hooks.Established(AddressFamily.IPv4) is EstablishedPath path
                && PlainRun.Forward(
                    packets, new EstablishedHooks(path, AddressFamily.IPv4, scratch), Routes, channel, shard, limit, scratch.Destinations, ref _lastHop);
    }

    /// <summary>True if a packet that comes in by <paramref name="input"/> meets nothing but hooks and the route on its way.</summary>
    private bool IsPlainInput(NetDevice input)
    {
        if (!input.IsPlain || !input.IsUp || Routes.HasRules || _exceptions is not null)
        {
            return false;
        }

        InterfaceSettings settings = Namespace.SettingsOf(input);
        return settings.Forwarding && settings.ReversePathFilter == 0
            && Namespace.Settings.All.ReversePathFilter == 0;
    }

    /// <summary>Headers without options, checked, with ordinary addresses of which the source is not our own.</summary>
    private struct PlainPackets(IPv4Stack stack) : IPlainPackets<IPv4Address>
    {
        private readonly IPv4Stack _stack = stack;

        /// <summary>The source of the packet before: an ordinary address and not our own, or no address.</summary>
        private ulong _source = ulong.MaxValue;

        private const uint TypeMask = 0x00FF_FFFF;

        /// <summary>EtherType IPv4 and a header without options, as the four bytes at <see cref="EthernetHeader.TypeOffset"/> read.</summary>
        private const uint Type = 0x0045_0008;

        public static int LeastLength => NetworkOffset + IPv4Header.MinimumSize;

        public static FrameFlags MustBeSet => FrameFlags.HeaderChecked;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryRead(ref byte frame, int length, out IPv4Address destination)
        {
            int total = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref frame, NetworkOffset + IPv4Header.TotalLengthOffset)));
            uint source = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref frame, NetworkOffset + IPv4Header.SourceOffset)));
            destination = new IPv4Address(BinaryPrimitives.ReverseEndianness(
                Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref frame, NetworkOffset + IPv4Header.DestinationOffset))));
            return (Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref frame, EthernetHeader.TypeOffset)) & TypeMask) == Type
                && total + NetworkOffset == length
                && Unsafe.Add(ref frame, NetworkOffset + IPv4Header.TtlOffset) > 1
                && IsOrdinary(destination.Value) && (source == _source || TryTakeSource(source));
        }

        private bool TryTakeSource(uint source)
        {
            if (!IsOrdinary(source) || _stack.IsLocal(new IPv4Address(source)))
            {
                return false;
            }

            _source = source;
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Age(ref byte frame) => DecrementTtl(ref Unsafe.Add(ref frame, NetworkOffset));

        public static int MtuOf(NetDevice device) => device.Mtu;
    }
}
