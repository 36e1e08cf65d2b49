using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.IPv4;

/// <content>
/// Early demultiplexing (tcp_v4_early_demux): segments of a flow come in trains, and all of one take the way of the first. What
/// that way depended on is kept with it and compared; nothing is skipped that could have said something else this time.
/// </content>
public sealed partial class IPv4Stack
{
    private EarlyFlow _early;

    /// <summary>A segment has reached its connection on the long way: the next one of the same flow need not go it.</summary>
    internal void NoteEarly(Frame frame, NetDevice device, TcpConnection connection)
    {
        ref byte packet = ref Unsafe.Add(ref frame.FirstByte, NetworkOffset);
        IPv4Address source = connection.RemoteAddress.IPv4;
        IPv4Address destination = connection.LocalAddress.IPv4;
        if (packet != NoOptions
            || !(device.IsLoopback || (IsOrdinary(source.Value) && IsOrdinary(destination.Value) && !IsLocal(source))))
        {
            return;
        }

        _early = new EarlyFlow
        {
            Device = device,
            Addresses = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref packet, IPv4Header.SourceOffset)),
            Ports = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref packet, IPv4Header.MinimumSize)),
            Generation = Routes.Generation,
            Local = _local,
            Connection = connection,
        };
    }

    /// <summary>
    /// Takes a frame from <see cref="EarlyFlow.Device"/> to its connection, if it is the next of its flow and the way is the same
    /// still: no hooks, rules, raw sockets or filters by source, the same routes and addresses, a whole packet without options.
    /// </summary>
    private bool TryReceiveEarly(Frame frame, NetDevice device)
    {
        const uint ConstantMask = 0xFF00_FF3F;
        if ((frame.Flags & FrameFlags.HeaderChecked) == 0 || frame.Type != PacketType.Host || frame.Trace is not null
            || frame.Length < NetworkOffset + IPv4Header.MinimumSize + TcpHeader.MinimumSize)
        {
            return false;
        }

        // Fragment offset and flags, and the protocol, lie in the four bytes from 6 on.
        ref byte packet = ref Unsafe.Add(ref frame.FirstByte, NetworkOffset);
        uint part = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref packet, IPv4Header.FlagsOffset)) & ConstantMask;
        if (packet != NoOptions || part != (uint)IPProtocol.Tcp << 24
            || Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref packet, IPv4Header.SourceOffset)) != _early.Addresses
            || Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref packet, IPv4Header.MinimumSize)) != _early.Ports
            || TotalLength(frame) + NetworkOffset != frame.Length)
        {
            return false;
        }

        TcpConnection connection = _early.Connection!;
        if (connection.Row < 0 || _early.Generation != Routes.Generation || !ReferenceEquals(_early.Local, _local)
            || Routes.HasRules || Namespace.Hooks is not null || Namespace.RawOrNull is not null
            || !Namespace.Settings.Tcp.EarlyDemux)
        {
            return false;
        }

        InterfaceSettings settings = Namespace.SettingsOf(device);
        if (!device.IsLoopback && (settings.ReversePathFilter != 0 || Namespace.Settings.All.ReversePathFilter != 0))
        {
            return false;
        }

        frame.Flags &= ~FrameFlags.LocallyGenerated;
        NoteConsumed(frame);
        Namespace.Tcp.Receive(frame, device, connection);
        return true;
    }

    /// <summary>A flow, and what its way to its connection depended on.</summary>
    private struct EarlyFlow
    {
        public NetDevice? Device;
        public TcpConnection? Connection;
        public uint[]? Local;
        public ulong Addresses;
        public uint Ports;
        public uint Generation;
    }
}
