using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>REJECT: an ICMP error about the packet, or a reset of its connection (nf_reject_ipv4.c, nf_reject_ipv6.c).</summary>
internal sealed class RejectTarget(RejectType type) : CompiledTarget
{
    public override TargetResult Execute(ref PacketView view)
    {
        view.Read();
        if (view.IsLaterFragment)
        {
            return TargetResult.Reject;
        }

        if (type == RejectType.TcpReset)
        {
            Reset(ref view);
        }
        else if (view.Family == AddressFamily.IPv4)
        {
            view.Space.IPv4.Icmp.SendError(view.Frame, IcmpType.DestinationUnreachable, Code(), 0);
        }
        else
        {
            view.Space.IPv6.Icmp.SendError(view.Frame, Icmpv6Type.DestinationUnreachable, CodeIPv6(), 0);
        }

        return TargetResult.Reject;
    }

    private byte Code() => type switch
    {
        RejectType.NetUnreachable => IcmpCode.NetUnreachable,
        RejectType.HostUnreachable => IcmpCode.HostUnreachable,
        RejectType.ProtocolUnreachable => IcmpCode.ProtocolUnreachable,
        RejectType.NetProhibited => IcmpCode.NetProhibited,
        RejectType.HostProhibited => IcmpCode.HostProhibited,
        RejectType.AdministrativelyProhibited => IcmpCode.AdministrativelyProhibited,
        _ => IcmpCode.PortUnreachable,
    };

    private byte CodeIPv6() => type switch
    {
        RejectType.NoRoute => Icmpv6Code.NoRoute,
        RejectType.AdministrativelyProhibited => Icmpv6Code.AdministrativelyProhibited,
        RejectType.AddressUnreachable => Icmpv6Code.AddressUnreachable,
        RejectType.PolicyFail => Icmpv6Code.PolicyFail,
        RejectType.RejectRoute => Icmpv6Code.RejectRoute,
        _ => Icmpv6Code.PortUnreachable,
    };

    private static void Reset(ref PacketView view)
    {
        ReadOnlySpan<byte> packet = view.Packet;

        // No reset answers a reset (RFC 9293 section 3.5.2), nor a damaged segment.
        if (view.Protocol != IPProtocol.Tcp
            || TcpHeader.TryParse(view.Packet[view.TransportOffset..], out TcpHeader tcp) != WireError.None
            || (tcp.Flags & TcpFlags.Rst) != 0
            || ((view.Frame.Flags & FrameFlags.TransportChecked) == 0 && !TransportChecksum.IsRight(
                view.Source, view.Destination, IPProtocol.Tcp, packet[view.TransportOffset..])))
        {
            return;
        }

        bool acknowledges = (tcp.Flags & TcpFlags.Ack) != 0;
        uint length = (uint)(packet.Length - view.TransportOffset - tcp.HeaderLength);
        uint span = length + ((tcp.Flags & TcpFlags.Syn) != 0 ? 1u : 0) + ((tcp.Flags & TcpFlags.Fin) != 0 ? 1u : 0);
        Span<byte> segment = stackalloc byte[TcpHeader.MinimumSize];
        segment.Clear();
        uint pseudo = TransportChecksum.PseudoHeader(view.Destination, view.Source, IPProtocol.Tcp, segment.Length);
        TcpHeader.Write(
            segment,
            tcp.DestinationPort,
            tcp.SourcePort,
            acknowledges ? tcp.AcknowledgmentNumber : 0,
            acknowledges ? 0 : tcp.SequenceNumber + span,
            TcpHeader.MinimumSize,
            acknowledges ? TcpFlags.Rst : TcpFlags.Rst | TcpFlags.Ack,
            0,
            pseudo);
        Send(ref view, segment);
    }

    /// <summary>From the packet's destination, whoever that is, to its source; part of the packet's connection.</summary>
    private static void Send(ref PacketView view, ReadOnlySpan<byte> segment)
    {
        bool v4 = view.Family == AddressFamily.IPv4;
        int header = v4 ? IPv4Header.MinimumSize : IPv6Header.Size;
        Frame answer = view.Space.Node.Emulation.Frames.Rent(PacketView.NetworkOffset + header + segment.Length);
        Span<byte> packet = answer.Bytes[PacketView.NetworkOffset..];
        segment.CopyTo(packet[header..]);
        answer.Trace = view.Frame.Trace?.Branch();
        if (view.Frame.Connection is Connection connection)
        {
            // nf_ct_attach: related, against the direction of what it answers.
            answer.Connection = connection;
            answer.ConnectionState = view.Frame.ConnectionState is ConnectionState.EstablishedReply or ConnectionState.RelatedReply
                ? ConnectionState.Related
                : ConnectionState.RelatedReply;
        }

        if (v4)
        {
            byte ttl = view.Space.Settings.IPv4DefaultTtl;
            IPv4Header.Write(
                packet, 0, packet.Length, 0, IPv4Header.DontFragmentFlag, ttl, IPProtocol.Tcp, view.Destination.IPv4, view.Source.IPv4);
            OutputRoute<IPv4Address> route = RouteOf(ref view, view.Space.IPv4);
            if (route.Error != Errno.None)
            {
                view.Space.Drop(answer, DropReason.NoRoute);
                return;
            }

            view.Space.IPv4.Send(answer, route);
            return;
        }

        OutputRoute<IPv6Address> way = view.Space.IPv6.RouteOutput(view.Source.IPv6);
        if (way.Error != Errno.None)
        {
            view.Space.Drop(answer, DropReason.NoRoute);
            return;
        }

        IPv6Header.Write(packet, 0, 0, segment.Length, IPProtocol.Tcp, 64, view.Destination.IPv6, view.Source.IPv6);
        view.Space.IPv6.Send(answer, way);
    }

    private static OutputRoute<IPv4Address> RouteOf(ref PacketView view, IPv4Stack stack) => stack.RouteOutput(view.Source.IPv4);
}
