using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Evaluation;

namespace Netemu.Engine.Netfilter.Nat;

/// <summary>
/// TCPMSS: lowers the segment size that a SYN announces, with 0 to what the path to the destination carries. A SYN without
/// the option stays without one (the kernel would add it).
/// </summary>
internal sealed class TcpMssTarget(ushort value) : CompiledTarget
{
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte MaximumSegmentSize = 2;

    public override TargetResult Execute(ref PacketView view)
    {
        view.Read();
        if (view.Protocol != IPProtocol.Tcp || (view.TcpFlags & TcpFlags.Syn) == 0)
        {
            return TargetResult.Continue;
        }

        view.Frame.EnsureWritable();
        if (TcpHeader.TryParse(view.Packet[view.TransportOffset..], out TcpHeader tcp) != WireError.None)
        {
            return TargetResult.Drop;
        }

        int header = view.TransportOffset + TcpHeader.MinimumSize;
        int limit = value > 0 || view.Output is null
            ? value
            : Math.Min(view.Output.Mtu, PathMtu(ref view)) - (view.Family == AddressFamily.IPv4 ? IPv4Header.MinimumSize : IPv6Header.Size)
                - TcpHeader.MinimumSize;
        Span<byte> options = tcp.Options;
        for (int i = 0; i + 1 < options.Length && options[i] != EndOfOptions; i += options[i] == NoOperation ? 1 : options[i + 1])
        {
            if (options[i] != NoOperation && (options[i + 1] < 2 || i + options[i + 1] > options.Length))
            {
                break;
            }

            if (options[i] == MaximumSegmentSize && options[i + 1] == 4)
            {
                Lower(ref view, header + i + 2, limit);
                break;
            }
        }

        return TargetResult.Continue;
    }

    private static int PathMtu(ref PacketView view) => view.Family == AddressFamily.IPv4
        ? view.Space.IPv4.Routes.Lookup(view.Destination.IPv4) is { Mtu: > 0 } route ? route.Mtu : int.MaxValue
        : int.MaxValue;

    private static void Lower(ref PacketView view, int offset, int limit)
    {
        Span<byte> packet = view.Packet;
        ushort old = BinaryPrimitives.ReadUInt16BigEndian(packet[offset..]);
        if (limit <= 0 || old <= limit)
        {
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(packet[offset..], (ushort)limit);
        Span<byte> checksum = packet[(view.TransportOffset + TcpHeader.ChecksumOffset)..];
        ushort sum = BinaryPrimitives.ReadUInt16BigEndian(checksum);

        // A value at an odd offset counts with its bytes exchanged.
        bool odd = ((offset - view.TransportOffset) & 1) != 0;
        ushort before = odd ? BinaryPrimitives.ReverseEndianness(old) : old;
        ushort after = odd ? BinaryPrimitives.ReverseEndianness((ushort)limit) : (ushort)limit;
        BinaryPrimitives.WriteUInt16BigEndian(checksum, InternetChecksum.Update(sum, before, after));
    }
}
