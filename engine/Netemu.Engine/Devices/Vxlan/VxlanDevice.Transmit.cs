using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices.Tunnels;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.Devices.Vxlan;

/// <summary>The way out (vxlan_xmit, vxlan_xmit_one).</summary>
public sealed partial class VxlanDevice
{
    /// <summary>As for other tunnels: a loop of routes ends here.</summary>
    private const int MaximumDepth = 8;

    /// <summary>UDP and VXLAN headers.</summary>
    private const int InnerHeaders = UdpHeader.Size + VxlanHeader.Size;

    protected override void TransmitCore(Frame frame)
    {
        if (Options.Proxy && VxlanProxy.IsRequest(frame))
        {
            ReduceRequest(frame);
            return;
        }

        MacAddress destination = new(BinaryPrimitives.ReadUInt64BigEndian(frame.Bytes) >> 16);
        VxlanFdbEntry? entry = Fdb.FindToSend(destination);
        if (entry is null)
        {
            if (Options.L2Miss && !destination.IsMulticast)
            {
                L2Misses++;
            }

            Drop(frame, DropReason.VxlanNoRemote);
            return;
        }

        // The first far end has the frame itself, and has it last; every other a copy, which its own headers make one.
        ReadOnlySpan<VxlanRemote> remotes = entry.RemoteSpan;
        for (int i = 1; i < remotes.Length; i++)
        {
            SendTo(frame.Clone(), remotes[i], destination);
        }

        SendTo(frame, remotes[0], destination);
    }

    private void SendTo(Frame frame, VxlanRemote remote, MacAddress destination)
    {
        if (Node.TunnelDepth >= MaximumDepth)
        {
            Drop(frame, DropReason.TunnelLoop);
            return;
        }

        if (remote.Address.IsUnspecified)
        {
            // An entry without far end: the address is on the local bridge.
            Drop(frame, DropReason.VxlanNoRemote);
            return;
        }

        if (frame.Trace is not null)
        {
            TraceWrapped(frame, remote, destination);
        }

        Node.TunnelDepth++;
        if (remote.Address.IsIPv4)
        {
            SendIPv4(frame, remote, remote.Address.IPv4);
        }
        else
        {
            SendIPv6(frame, remote, remote.Address.IPv6);
        }

        Node.TunnelDepth--;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TraceWrapped(Frame frame, VxlanRemote remote, MacAddress destination) =>
        frame.Trace!.Add(
            Namespace, TraceStage.Tunnel, $"{Name}: {destination} is behind {remote.Address}, VNI {remote.Vni ?? Options.Vni}", this);

    private void SendIPv4(Frame frame, VxlanRemote remote, IPv4Address address)
    {
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame.Bytes[EthernetHeader.TypeOffset..]);
        ReadOnlySpan<byte> inner = frame.Bytes[EthernetHeader.Size..];
        byte innerTos = Ecn.FieldOf(inner, type);
        byte tos = Options.TypeOfService == 1 ? innerTos : Options.TypeOfService;
        NetDevice? device = remote.Device ?? (address.IsMulticast ? Options.Lower : null);
        IPv4Address local = Options.Local.IsIPv4 ? Options.Local.IPv4 : default;
        ref DestinationCache.Entry way = ref Underlay.IPv4.RouteTunnelled(address, local, device, 0, tos);
        ref readonly OutputRoute<IPv4Address> route = ref way.Way;
        if (route.Error != Errno.None)
        {
            Drop(frame, DropReason.TunnelNoRoute);
            return;
        }

        if (ReferenceEquals(route.Device, this))
        {
            Drop(frame, DropReason.TunnelLoop);
            return;
        }

        if (route.Type == RouteType.Local)
        {
            Bypass(frame, remote);
            return;
        }

        int mtu = Underlay.IPv4.PathMtu(address, route) - IPv4Overhead;
        if (inner.Length > mtu && !TellPathMtu(frame, type, mtu))
        {
            return;
        }

        bool dontFragment = Options.DontFragment == VxlanDontFragment.Set
            || (Options.DontFragment == VxlanDontFragment.Inherit
                && (type == EtherType.IPv6 || (type == EtherType.IPv4 && (inner[IPv4Header.FlagsOffset] & 0x40) != 0)));
        byte ttl = Options.InheritsTtl && type == EtherType.IPv4 ? inner[IPv4Header.TtlOffset] : Options.Ttl;
        ttl = ttl == 0 && address.IsMulticast ? (byte)1 : ttl;
        Span<byte> datagram = WriteHeaders(frame, remote, IPv4Stack.OuterHeaders);
        if (Options.UdpChecksum)
        {
            WriteChecksum(datagram, InternetChecksum.PseudoHeader(route.Source, address, IPProtocol.Udp, datagram.Length));
        }

        Underlay.IPv4.SendTunnelled(frame, ref way, IPProtocol.Udp, Ecn.Encapsulate(tos, innerTos), ttl, dontFragment);
    }

    private void SendIPv6(Frame frame, VxlanRemote remote, IPv6Address address)
    {
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame.Bytes[EthernetHeader.TypeOffset..]);
        ReadOnlySpan<byte> inner = frame.Bytes[EthernetHeader.Size..];
        byte innerTos = Ecn.FieldOf(inner, type);
        byte tos = Options.TypeOfService == 1 ? innerTos : Options.TypeOfService;
        NetDevice? device = remote.Device ?? (address.IsMulticast || address.IsLinkLocal ? Options.Lower : null);
        IPv6Address local = Options.Local.IsIPv6 ? Options.Local.IPv6 : default;
        OutputRoute<IPv6Address> route = Underlay.IPv6.RouteOutput(address, local, device);
        if (route.Error != Errno.None)
        {
            Drop(frame, DropReason.TunnelNoRoute);
            return;
        }

        if (ReferenceEquals(route.Device, this))
        {
            Drop(frame, DropReason.TunnelLoop);
            return;
        }

        if (route.Type == RouteType.Local)
        {
            Bypass(frame, remote);
            return;
        }

        int mtu = Underlay.IPv6.PathMtu(address, route.Device!) - IPv6Overhead;
        if (inner.Length > mtu && !TellPathMtu(frame, type, mtu))
        {
            return;
        }

        Span<byte> datagram = WriteHeaders(frame, remote, EthernetHeader.Size + IPv6Header.Size);
        if (!Options.Udp6ZeroChecksumSent)
        {
            WriteChecksum(datagram, InternetChecksum.PseudoHeader(route.Source, address, IPProtocol.Udp, datagram.Length));
        }

        byte limit = Options.Ttl != 0 ? Options.Ttl : Underlay.SettingsOf(route.Device!).HopLimit;
        IPv6Header.Write(
            frame.Bytes[EthernetHeader.Size..], Ecn.Encapsulate(tos, innerTos), 0, datagram.Length, IPProtocol.Udp, limit, route.Source, address);
        Underlay.IPv6.Send(frame, route);
    }

    /// <summary>
    /// UDP without checksum, and VXLAN, in front of the inner frame, and before them <paramref name="room"/> bytes for the outer
    /// headers. Gives the datagram.
    /// </summary>
    private Span<byte> WriteHeaders(Frame frame, VxlanRemote remote, int room)
    {
        (int first, int last) = (Options.SourcePortFirst, Options.SourcePortLast);
        if (first >= last)
        {
            (first, last) = (Underlay.Settings.LocalPortFirst, Underlay.Settings.LocalPortLast);
        }

        ushort source = InnerFlow.SourcePort(InnerFlow.Hash(frame.Bytes), first, last);
        if (ReferenceEquals(Underlay, Namespace))
        {
            frame.ForgetConnection();
        }
        else
        {
            frame.Scrub();
        }

        frame.Prepend(room + InnerHeaders);
        Span<byte> datagram = frame.Bytes[room..];
        ushort port = remote.Port != 0 ? remote.Port : Options.DestinationPort;
        BinaryPrimitives.WriteUInt32BigEndian(datagram, ((uint)source << 16) | port);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[4..], (uint)(ushort)datagram.Length << 16);
        VxlanHeader.Write(datagram[UdpHeader.Size..], remote.Vni ?? Options.Vni);
        return datagram;
    }

    private static void WriteChecksum(Span<byte> datagram, uint pseudoHeader)
    {
        ushort checksum = InternetChecksum.Finish(InternetChecksum.Sum(datagram, pseudoHeader));
        BinaryPrimitives.WriteUInt16BigEndian(datagram[UdpHeader.ChecksumOffset..], checksum == 0 ? ushort.MaxValue : checksum);
    }

    /// <summary>
    /// A frame that does not fit the way (skb_tunnel_check_pmtu): a local sender's route learns it and the outer packet is
    /// fragmented; behind a bridge port the sender is answered in its receiver's name. False if the frame has ended.
    /// </summary>
    private bool TellPathMtu(Frame frame, ushort type, int mtu)
    {
        if (Master is null)
        {
            TunnelPathMtu.Learn(this, frame, type, mtu);
            return true;
        }

        if (type != EtherType.IPv4 || VxlanProxy.BuildFragmentationNeeded(frame, mtu) is not { } answer)
        {
            return true;
        }

        Drop(frame, DropReason.PacketTooBig);
        Node.Shard.HandOver(answer, this);
        return false;
    }

    /// <summary>The far end is this host: the frame goes to the VNI's device without any outer packet (encap_bypass_if_local).</summary>
    private void Bypass(Frame frame, VxlanRemote remote)
    {
        NetworkNamespace space = Underlay;
        VxlanDevice? other = space.Tunnels
            .Vxlan(remote.Port != 0 ? remote.Port : Options.DestinationPort)
            .FindOpen(remote.Vni ?? Options.Vni);
        if (other is null)
        {
            Drop(frame, DropReason.VxlanNoRemote);
            return;
        }

        frame.ForgetConnection();
        frame.Flags &= ~FrameFlags.LocallyGenerated;
        if (other.Options.Learning)
        {
            MacAddress source = new(BinaryPrimitives.ReadUInt64BigEndian(frame.Bytes[4..]) & 0xFFFF_FFFF_FFFF);
            other.Fdb.Learn(source, IPv4Address.Loopback);
        }

        Node.Shard.HandOver(frame, other);
    }

    /// <summary>arp_reduce: answers from the neighbour table of the device's namespace; a request never goes out.</summary>
    private void ReduceRequest(Frame frame)
    {
        switch (VxlanProxy.Answer(this, frame, out Frame? reply))
        {
            case VxlanProxyOutcome.Answered:
                frame.Trace?.Add(Namespace, TraceStage.Arp, $"{Name} answers from its neighbour table", this);
                Node.Shard.HandOver(reply!, this);
                break;
            case VxlanProxyOutcome.Unknown when Options.L3Miss:
                L3Misses++;
                break;
            default:
                break;
        }

        frame.Deliver();
    }
}
