using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Processes;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.IPv6;

/// <summary>Local delivery: LocalIn, the chain of extension headers, the upper layer (ip6_protocol_deliver_rcu, exthdrs.c).</summary>
public sealed partial class IPv6Stack
{
    /// <summary>Defragments for a hook that needs whole packets; null if the packet is not complete yet. Takes ownership.</summary>
    internal Frame? Defragment(Frame frame, NetDevice device)
    {
        Span<byte> packet = frame.Bytes[NetworkOffset..];
        int nextOffset = IPv6Header.NextHeaderOffset;
        int offset = IPv6Header.Size;
        while ((IPProtocol)packet[nextOffset] is IPProtocol.HopByHop or IPProtocol.Routing or IPProtocol.DestinationOptions
            && packet.Length >= offset + 8)
        {
            int length = IPv6Extensions.LengthOf((IPProtocol)packet[nextOffset], packet[offset + 1]);
            nextOffset = offset;
            offset += length;
        }

        if ((IPProtocol)packet[nextOffset] != IPProtocol.Fragment || packet.Length < offset + IPv6Extensions.FragmentHeaderSize)
        {
            return frame;
        }

        return (BinaryPrimitives.ReadUInt16BigEndian(packet[(offset + 2)..]) & 0xFFF9) == 0 ? frame : Reassemble(frame, device, offset, nextOffset);
    }

    private void DeliverLocally(Frame frame, NetDevice device)
    {
        HookTable? hooks = Namespace.Hooks;
        if (hooks is not null && !hooks.Pass(Namespace, HookPoint.LocalIn, AddressFamily.IPv6, frame, device, null))
        {
            return;
        }

        DispatchTransport(frame, device);
    }

    /// <summary>Hands a packet that LocalIn has passed to its protocol. Takes ownership.</summary>
    internal void DispatchTransport(Frame frame, NetDevice device)
    {
        Span<byte> packet = frame.Bytes[NetworkOffset..];
        Namespace.Node.Hash.AddBytes(packet[Math.Min(packet.Length, RunHash64)..]);
        WalkHeaders(frame, device);
    }

    /// <summary>Header after header until one is the upper layer's. Each step ends the packet, or goes on behind it.</summary>
    private void WalkHeaders(Frame frame, NetDevice device)
    {
        int nextOffset = IPv6Header.NextHeaderOffset;
        int offset = IPv6Header.Size;
        while (true)
        {
            Span<byte> packet = frame.Bytes[NetworkOffset..];
            IPProtocol protocol = (IPProtocol)packet[nextOffset];
            switch (protocol)
            {
                case IPProtocol.HopByHop when offset == IPv6Header.Size:
                    break;
                case IPProtocol.DestinationOptions:
                    if (!HasGoodOptions(frame, offset, hopByHop: false))
                    {
                        return;
                    }

                    break;
                case IPProtocol.Routing:
                    if (!MayPassRoutingHeader(frame, offset))
                    {
                        return;
                    }

                    break;
                case IPProtocol.Fragment:
                    if (packet.Length < offset + IPv6Extensions.FragmentHeaderSize)
                    {
                        Namespace.Drop(frame, DropReason.MalformedIPv6);
                        return;
                    }

                    // RFC 6946: an atomic fragment is whole as it is.
                    if ((BinaryPrimitives.ReadUInt16BigEndian(packet[(offset + 2)..]) & 0xFFF9) != 0)
                    {
                        if (Reassemble(frame, device, offset, nextOffset) is not { } whole)
                        {
                            return;
                        }

                        frame = whole;
                        continue;
                    }

                    nextOffset = offset;
                    offset += IPv6Extensions.FragmentHeaderSize;
                    continue;
                default:
                    DeliverUpper(frame, device, protocol, offset, nextOffset);
                    return;
            }

            nextOffset = offset;
            offset += IPv6Extensions.LengthOf(protocol, packet[offset + 1]);
        }
    }

    private Frame? Reassemble(Frame frame, NetDevice device, int offset, int nextOffset)
    {
        _reassembly ??= new IPv6ReassemblyQueue(this);
        return _reassembly.Add(frame, device, offset, nextOffset);
    }

    /// <summary>
    /// RFC 5095: a routing header whose segments are used up is skipped, any other one is a parameter problem, as no type
    /// that Linux forwards by is switched on.
    /// </summary>
    private bool MayPassRoutingHeader(Frame frame, int offset)
    {
        Span<byte> packet = frame.Bytes[NetworkOffset..];
        if (packet.Length < offset + 8 || packet.Length < offset + ((packet[offset + 1] + 1) << 3))
        {
            Namespace.Drop(frame, DropReason.MalformedIPv6);
            return false;
        }

        if (new IPv6Header(packet).Destination.IsMulticast || frame.Type != PacketType.Host)
        {
            Namespace.Drop(frame, DropReason.UnicastInLinkLayerMulticast);
            return false;
        }

        const int TypeOffset = 2;
        const int SegmentsLeftOffset = 3;
        const byte MobileType = 2;
        if (packet[offset + SegmentsLeftOffset] == 0 && packet[offset + TypeOffset] != MobileType)
        {
            return true;
        }

        if (packet[offset + SegmentsLeftOffset] != 0)
        {
            Icmp.SendError(frame, Icmpv6Type.ParameterProblem, Icmpv6Code.ErroneousHeader, (uint)(offset + TypeOffset));
        }

        Namespace.Drop(frame, DropReason.IPv6RoutingHeader);
        return false;
    }

    private void DeliverUpper(Frame frame, NetDevice device, IPProtocol protocol, int offset, int nextOffset)
    {
        if (frame.Trace is not null)
        {
            frame.Trace.Add(Namespace, TraceStage.Deliver, $"to {protocol}", device);
        }

        Span<byte> packet = frame.Bytes[NetworkOffset..];
        bool taken = Namespace.RawOrNull is { } raw && Deliver(raw, packet, protocol, offset);
        switch (protocol)
        {
            case IPProtocol.Icmpv6:
                Icmp.Receive(frame, device, offset);
                break;
            case IPProtocol.Udp:
                ReceiveUdp(frame, device, offset);
                break;
            case IPProtocol.Tcp:
                RemoveExtensions(frame, offset);
                Namespace.Tcp.Receive(frame, device);
                break;
            case IPProtocol.NoNextHeader:
                frame.Deliver();
                break;
            case var _ when taken:
                frame.Deliver();
                break;
            default:
                Icmp.SendError(frame, Icmpv6Type.ParameterProblem, Icmpv6Code.UnrecognisedNextHeader, (uint)nextOffset);
                Namespace.Drop(frame, DropReason.UnknownProtocol);
                break;
        }
    }

    private static bool Deliver(RawTable raw, Span<byte> packet, IPProtocol protocol, int offset)
    {
        IPv6Header header = new(packet);
        return raw.Deliver(AddressFamily.IPv6, protocol, header.Source, header.Destination, packet[offset..]);
    }

    /// <summary>Moves the fixed header up to the upper layer, for those who expect it there.</summary>
    private static void RemoveExtensions(Frame frame, int offset)
    {
        int length = offset - IPv6Header.Size;
        if (length == 0)
        {
            return;
        }

        frame.EnsureWritable();
        Span<byte> bytes = frame.Bytes;
        int payload = new IPv6Header(bytes[NetworkOffset..]).PayloadLength - length;
        bytes[..(NetworkOffset + IPv6Header.Size)].CopyTo(bytes[length..]);
        frame.Strip(length);
        Span<byte> packet = frame.Bytes[NetworkOffset..];
        BinaryPrimitives.WriteUInt16BigEndian(packet[IPv6Header.PayloadLengthOffset..], (ushort)payload);
        packet[IPv6Header.NextHeaderOffset] = (byte)IPProtocol.Tcp;
    }

    private void ReceiveUdp(Frame frame, NetDevice device, int offset)
    {
        Span<byte> packet = frame.Bytes[NetworkOffset..];
        IPv6Header header = new(packet);
        if (UdpHeader.TryParse(packet[offset..], out UdpHeader udp) != WireError.None)
        {
            Namespace.Drop(frame, DropReason.MalformedUdp);
            return;
        }

        // Over IPv6 the checksum is mandatory: a zero is an error too (RFC 8200 section 8.1).
        Span<byte> datagram = packet.Slice(offset, udp.Length);
        bool known = (frame.Flags & FrameFlags.TransportChecked) != 0;
        uint pseudo = known ? 0 : InternetChecksum.PseudoHeader(header.Source, header.Destination, IPProtocol.Udp, datagram.Length);
        if (udp.Checksum == 0 || (!known && InternetChecksum.Finish(InternetChecksum.Sum(datagram, pseudo)) != 0))
        {
            Namespace.Drop(frame, DropReason.BadUdpChecksum);
            return;
        }

        if (Namespace.Udp.FindEncapsulation(udp.DestinationPort) is { } encapsulation)
        {
            encapsulation.Receive(frame, device, NetworkOffset + offset);
            return;
        }

        bool group = header.Destination.IsMulticast;
        if (Namespace.Udp.Deliver(
            header.Source, udp.SourcePort, header.Destination, udp.DestinationPort, device, datagram[UdpHeader.Size..], group))
        {
            frame.Deliver();
            return;
        }

        // A datagram for a group that nobody took is dropped in silence (__udp6_lib_mcast_deliver).
        if (!group)
        {
            Icmp.SendError(frame, Icmpv6Type.DestinationUnreachable, Icmpv6Code.PortUnreachable, 0);
        }

        Namespace.Drop(frame, DropReason.NoSocket);
    }
}
