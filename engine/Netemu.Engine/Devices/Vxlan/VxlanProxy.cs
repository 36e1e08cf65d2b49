using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Neighbours;

namespace Netemu.Engine.Devices.Vxlan;

/// <summary>
/// Answers that a VXLAN device gives in others' name: to ARP from the neighbour table of its namespace (arp_reduce), and
/// "fragmentation needed" to hosts behind its bridge (iptunnel_pmtud_build_icmp).
/// </summary>
internal static class VxlanProxy
{
    /// <summary>An error with its headers carries at most 576 bytes in all (RFC 1812 section 4.3.2.3).</summary>
    private const int MaximumErrorSize = 576;

    /// <summary>The shortest MTU that iptunnel_pmtud_check_icmp tells anybody.</summary>
    private const int LeastMtu = 576;

    /// <summary>With proxy on, no ARP leaves, answers neither.</summary>
    public static bool IsRequest(Frame frame) =>
        BinaryPrimitives.ReadUInt16BigEndian(frame.Bytes[EthernetHeader.TypeOffset..]) == EtherType.Arp;

    public static VxlanProxyOutcome Answer(VxlanDevice device, Frame frame, out Frame? reply)
    {
        reply = null;
        if (ArpPacket.TryParse(frame.Bytes[EthernetHeader.Size..], out ArpPacket packet) != WireError.None
            || packet.Operation != ArpOperation.Request
            || packet.TargetAddress.IsLoopback || packet.TargetAddress.IsMulticast)
        {
            return VxlanProxyOutcome.Ignored;
        }

        NeighbourEntry<IPv4Address>? neighbour = device.Namespace.IPv4.Neighbours.Find(device, packet.TargetAddress);
        if (neighbour is null)
        {
            return VxlanProxyOutcome.Unknown;
        }

        if (neighbour.EffectiveState is not (NudState.Permanent or NudState.NoArp or NudState.Reachable))
        {
            return VxlanProxyOutcome.Ignored;
        }

        // A neighbour whose entry has no far end is on the local bridge, and answers for itself.
        if (device.Fdb.Find(neighbour.Mac) is { First.Address.IsUnspecified: true })
        {
            return VxlanProxyOutcome.Ignored;
        }

        reply = frame.Pool.Rent(EthernetHeader.Size + ArpPacket.Size);
        EthernetHeader.Write(reply.Bytes, packet.SenderMac, neighbour.Mac, EtherType.Arp);
        ArpPacket.Write(
            reply.Bytes[EthernetHeader.Size..],
            ArpOperation.Reply,
            neighbour.Mac,
            packet.TargetAddress,
            packet.SenderMac,
            packet.SenderAddress);
        reply.Trace = frame.Trace?.Branch();
        return VxlanProxyOutcome.Answered;
    }

    /// <summary>The error to a bridged IPv4 packet with DF, as if from its destination; null if it gets none.</summary>
    public static Frame? BuildFragmentationNeeded(Frame frame, int mtu)
    {
        ReadOnlySpan<byte> bytes = frame.Bytes;
        ReadOnlySpan<byte> packet = bytes[EthernetHeader.Size..];
        if (mtu < LeastMtu || packet.Length < IPv4Header.MinimumSize
            || BinaryPrimitives.ReadUInt16BigEndian(packet[IPv4Header.FlagsOffset..]) != IPv4Header.DontFragmentFlag)
        {
            return null;
        }

        IPv4Address source = IPv4Address.Read(packet[IPv4Header.SourceOffset..]);
        IPv4Address destination = IPv4Address.Read(packet[IPv4Header.DestinationOffset..]);
        int headerLength = (packet[0] & 0xF) * 4;
        bool isError = (IPProtocol)packet[IPv4Header.ProtocolOffset] == IPProtocol.Icmp
            && (packet.Length <= headerLength || packet[headerLength] is not (0 or 8 or 13 or 14));
        if (isError || source.IsUnspecified || source.IsLoopback || source.IsBroadcast || source.IsMulticast
            || destination.IsBroadcast || destination.IsMulticast)
        {
            return null;
        }

        int quoted = Math.Min(packet.Length, MaximumErrorSize - IPv4Header.MinimumSize - IcmpHeader.Size);
        int length = IPv4Header.MinimumSize + IcmpHeader.Size + quoted;
        Frame answer = frame.Pool.Rent(EthernetHeader.Size + length);
        Span<byte> built = answer.Bytes;
        EthernetHeader.Write(built, MacAddress.Read(bytes[6..]), MacAddress.Read(bytes), EtherType.IPv4);
        IPv4Header.Write(
            built[EthernetHeader.Size..], 0, length, 0, IPv4Header.DontFragmentFlag, 64, IPProtocol.Icmp, destination, source);
        Span<byte> icmp = built[(EthernetHeader.Size + IPv4Header.MinimumSize)..];
        packet[..quoted].CopyTo(icmp[IcmpHeader.Size..]);
        IcmpHeader.Write(icmp, IcmpType.DestinationUnreachable, IcmpCode.FragmentationNeeded, (uint)mtu);
        answer.Trace = frame.Trace?.Branch();
        return answer;
    }
}
