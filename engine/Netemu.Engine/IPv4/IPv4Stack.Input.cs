using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.IPv4;

/// <summary>The way in (net/ipv4/ip_input.c, ip_route_input_slow): checks, Prerouting, route, local delivery.</summary>
public sealed partial class IPv4Stack
{
    /// <summary>Where the IP header starts in a frame.</summary>
    internal const int NetworkOffset = EthernetHeader.Size;

    /// <summary>The first byte of a header without options: version 4, five words.</summary>
    internal const byte NoOptions = 0x45;

    /// <summary>The destination of a frame that may carry IPv4, else the unspecified address. Nothing is checked yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static IPv4Address PeekDestination(Frame frame)
    {
        if (frame.Length < NetworkOffset + IPv4Header.MinimumSize)
        {
            return default;
        }

        ref byte bytes = ref frame.FirstByte;
        return Unsafe.Add(ref bytes, EthernetHeader.TypeOffset) == EtherType.IPv4 >> 8
            && Unsafe.Add(ref bytes, EthernetHeader.TypeOffset + 1) == (EtherType.IPv4 & 0xFF)
            ? new IPv4Address(BinaryPrimitives.ReverseEndianness(
                Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref bytes, NetworkOffset + IPv4Header.DestinationOffset))))
            : default;
    }

    /// <summary>A frame of EtherType IPv4 from a device. Takes ownership.</summary>
    internal void Receive(Frame frame, NetDevice device)
    {
        if (frame.Type == PacketType.OtherHost)
        {
            device.Drop(frame, DropReason.OtherHost);
            return;
        }

        if (ReferenceEquals(device, _early.Device) && TryReceiveEarly(frame, device))
        {
            return;
        }

        Span<byte> packet = frame.Bytes[NetworkOffset..];
        WireError error = (frame.Flags & FrameFlags.HeaderChecked) != 0
            ? IPv4Header.TryParseStructure(packet, out IPv4Header header)
            : IPv4Header.TryParse(packet, out header);
        if (error != WireError.None)
        {
            device.Drop(frame, error == WireError.BadChecksum ? DropReason.BadIPv4Checksum : DropReason.MalformedIPv4);
            return;
        }

        frame.Flags = (frame.Flags | FrameFlags.HeaderChecked) & ~FrameFlags.LocallyGenerated;
        int length = header.TotalLength + NetworkOffset;
        if (length < frame.Length)
        {
            frame.Trim(length);
        }

        HookTable? hooks = Namespace.Hooks;
        if (hooks is not null && frame.PhysicalInput == 0
            && !hooks.Pass(Namespace, HookPoint.Prerouting, AddressFamily.IPv4, frame, device, null))
        {
            return;
        }

        RouteInput(frame, device);
    }

    /// <summary>Finds out what to do with a packet (ip_route_input_slow) and does it.</summary>
    internal void RouteInput(Frame frame, NetDevice device)
    {
        Span<byte> packet = frame.Bytes[NetworkOffset..];
        IPv4Address source = IPv4Address.Read(packet[IPv4Header.SourceOffset..]);
        IPv4Address destination = IPv4Address.Read(packet[IPv4Header.DestinationOffset..]);

        // One look tells ordinary addresses (1.0.0.0 to 223.255.255.255 without 127/8) from those that need a closer one.
        if (!IsOrdinary(source.Value) || !IsOrdinary(destination.Value))
        {
            if (!CheckSpecial(frame, device, source, destination))
            {
                return;
            }
        }

        RouteInfo<IPv4Address>? route = Routes.HasRules ? ResolveByRules(frame, device) : Routes.Resolve(destination);
        if (route is null)
        {
            NoRoute(frame, device, DropReason.NoRoute);
            return;
        }

        if (frame.Trace is not null)
        {
            TraceRoute(frame, device, destination);
        }

        switch (route.Type)
        {
            case RouteType.Unicast:
                RouteForward(frame, device, route, source, destination);
                break;
            case RouteType.Local:
                if (!device.IsLoopback && !ValidateSource(source, destination, device, out _, out DropReason reason))
                {
                    Namespace.Drop(frame, reason);
                    return;
                }

                if (HasGoodOptions(frame, device, RouteType.Local) && (frame.Bytes[NetworkOffset] == NoOptions || !FollowSourceRoute(frame, device)))
                {
                    DeliverLocally(frame, device);
                }

                break;
            case RouteType.Broadcast:
                ReceiveBroadcast(frame, device, source, destination);
                break;
            case RouteType.Unreachable:
                NoRoute(frame, device, DropReason.HostUnreachable);
                break;
            case RouteType.Prohibit:
                NoRoute(frame, device, DropReason.Prohibited);
                break;
            case RouteType.Blackhole:
                if (HasGoodOptions(frame, device, RouteType.Blackhole))
                {
                    Namespace.Drop(frame, DropReason.Blackhole);
                }

                break;
            default:
                Namespace.Drop(frame, DropReason.MartianDestination);
                break;
        }
    }

    /// <summary>The packet is for this namespace: reassemble, LocalIn, then the transport (ip_local_deliver).</summary>
    internal void DeliverLocally(Frame frame, NetDevice device)
    {
        IPv4Header header = new(frame.Bytes[NetworkOffset..]);
        if (header.IsFragment)
        {
            _reassembly ??= new ReassemblyQueue(this);
            Frame? whole = _reassembly.Add(frame);
            if (whole is null)
            {
                return;
            }

            frame = whole;
        }

        HookTable? hooks = Namespace.Hooks;
        if (hooks is not null && !hooks.Pass(Namespace, HookPoint.LocalIn, AddressFamily.IPv4, frame, device, null))
        {
            return;
        }

        DispatchTransport(frame, device);
    }

    /// <summary>Defragments for a hook that needs whole packets; null if the packet is not complete yet.</summary>
    internal Frame? Defragment(Frame frame)
    {
        _reassembly ??= new ReassemblyQueue(this);
        return _reassembly.Add(frame);
    }

    /// <summary>
    /// fib_validate_source: true if the source may come in by that device. With rp_filter off, only an own address may not;
    /// else the way back to the source is looked up. <paramref name="onLink"/> says that the source is a direct neighbour.
    /// </summary>
    internal bool ValidateSource(
        IPv4Address source, IPv4Address destination, NetDevice device, out bool onLink, out DropReason reason) =>
        ValidateSource(Namespace.SettingsOf(device), source, destination, device, goesBack: false, out onLink, out reason);

    /// <summary>
    /// The same for a packet that <paramref name="goesBack"/> out of the device it came in by: as long as that may end in a
    /// redirect, the way back is looked up without rp_filter too, and a source that is a broadcast address is a martian.
    /// </summary>
    private bool ValidateSource(
        InterfaceSettings settings,
        IPv4Address source,
        IPv4Address destination,
        NetDevice device,
        bool goesBack,
        out bool onLink,
        out DropReason reason)
    {
        onLink = false;
        reason = DropReason.MartianSource;
        int filter = Math.Max(settings.ReversePathFilter, Namespace.Settings.All.ReversePathFilter);
        if (filter == 0 && !(goesBack && SendsRedirects(device)))
        {
            return !IsLocal(source) || settings.AcceptLocal;
        }

        return ValidateByRoute(settings, source, destination, device, filter, out onLink, out reason);
    }

    /// <summary>The part of it that looks the way back up (__fib_validate_source).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ValidateByRoute(
        InterfaceSettings settings,
        IPv4Address source,
        IPv4Address destination,
        NetDevice device,
        int filter,
        out bool onLink,
        out DropReason reason)
    {
        onLink = false;
        reason = DropReason.MartianSource;
        RouteInfo<IPv4Address>? back = Routes.Resolve(new FlowKey<IPv4Address>(destination, source, null, null, 0, 0));
        if (back is null)
        {
            reason = DropReason.ReversePathFilter;
            return filter == 0;
        }

        if (back.Type != RouteType.Unicast && !(back.Type == RouteType.Local && settings.AcceptLocal))
        {
            // A source whose way back is a blackhole, or ourselves, is a martian (e_inval).
            return false;
        }

        foreach (NextHop<IPv4Address> hop in back.NextHops)
        {
            if (ReferenceEquals(hop.Device, device))
            {
                onLink = hop.IsDirect;
                return true;
            }
        }

        reason = DropReason.ReversePathFilter;
        return filter != 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsOrdinary(uint address) => address - 0x0100_0000 < 0xDF00_0000 && address >> 24 != 127;

    private FlowKey<IPv4Address> FlowOf(Frame frame, NetDevice device)
    {
        IPv4Header header = new(frame.Bytes[NetworkOffset..]);
        return new FlowKey<IPv4Address>(header.Source, header.Destination, device, null, frame.Mark, header.TrafficClass)
        {
            Transport = Routes.NeedsTransport ? TransportKey.OfPacket(frame.Bytes[NetworkOffset..]) : 0,
        };
    }

    // Out of line: what few packets need shall cost the others no room on the stack.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TraceRoute(Frame frame, NetDevice device, IPv4Address destination) =>
        frame.Trace!.Add(Namespace, TraceStage.Route, RouteText.Describe(Routes.Lookup(FlowOf(frame, device)), destination));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TraceDelivery(Frame frame, NetDevice device, IPProtocol protocol) =>
        frame.Trace!.Add(Namespace, TraceStage.Deliver, $"to {protocol}", device);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private RouteInfo<IPv4Address>? ResolveByRules(Frame frame, NetDevice device) => Routes.Resolve(FlowOf(frame, device));

    /// <summary>The special ranges of source and destination; false if the packet has ended.</summary>
    private bool CheckSpecial(Frame frame, NetDevice device, IPv4Address source, IPv4Address destination)
    {
        if (device.IsLoopback)
        {
            return true;
        }

        if (destination.IsMulticast)
        {
            ReceiveMulticast(frame, device, destination);
            return false;
        }

        if (source.IsMulticast || source.IsBroadcast)
        {
            Namespace.Drop(frame, DropReason.MartianSource);
            return false;
        }

        if (destination.IsBroadcast || (source.IsUnspecified && destination.IsUnspecified))
        {
            ReceiveBroadcast(frame, device, source, destination);
            return false;
        }

        // Since Linux 5.3 the zero net is 0.0.0.0 alone (ipv4_is_zeronet).
        if (source.IsUnspecified)
        {
            Namespace.Drop(frame, DropReason.MartianSource);
            return false;
        }

        if (destination.IsUnspecified)
        {
            Namespace.Drop(frame, DropReason.MartianDestination);
            return false;
        }

        if (destination.IsLoopback || source.IsLoopback)
        {
            InterfaceSettings settings = Namespace.SettingsOf(device);
            if (!settings.RouteLocalnet && !Namespace.Settings.All.RouteLocalnet)
            {
                Namespace.Drop(frame, destination.IsLoopback ? DropReason.MartianDestination : DropReason.MartianSource);
                return false;
            }
        }

        return true;
    }

    private void ReceiveBroadcast(Frame frame, NetDevice device, IPv4Address source, IPv4Address destination)
    {
        if (!source.IsUnspecified && !device.IsLoopback && !ValidateSource(source, destination, device, out _, out DropReason reason))
        {
            Namespace.Drop(frame, reason);
            return;
        }

        if (HasGoodOptions(frame, device, RouteType.Broadcast))
        {
            DeliverLocally(frame, device);
        }
    }

    private void ReceiveMulticast(Frame frame, NetDevice device, IPv4Address group)
    {
        bool allHosts = group.Value == 0xE000_0001;
        if (!allHosts && (_joinedGroups is null || !IsMember(group, device)))
        {
            Namespace.Drop(frame, DropReason.NotMulticastMember);
            return;
        }

        if (HasGoodOptions(frame, device, RouteType.Multicast))
        {
            DeliverLocally(frame, device);
        }
    }

    /// <summary>No way on (ip_error): a router says so, a host keeps silent.</summary>
    private void NoRoute(Frame frame, NetDevice device, DropReason reason)
    {
        if (!HasGoodOptions(frame, device, RouteType.Unreachable))
        {
            return;
        }

        if (!Namespace.SettingsOf(device).Forwarding)
        {
            Namespace.Drop(frame, reason == DropReason.NoRoute ? DropReason.ForwardingDisabled : reason);
            return;
        }

        byte code = reason switch
        {
            DropReason.HostUnreachable => IcmpCode.HostUnreachable,
            DropReason.Prohibited => IcmpCode.AdministrativelyProhibited,
            _ => IcmpCode.NetUnreachable,
        };

        // Charged once here and once more where the error is sent: two such errors empty a fresh bucket of five.
        IPv4Address source = IPv4Address.Read(frame.Bytes[(NetworkOffset + IPv4Header.SourceOffset)..]);
        if (Icmp.Limiter.TakeRouteError(source))
        {
            Icmp.SendError(frame, IcmpType.DestinationUnreachable, code, 0);
        }

        Namespace.Drop(frame, reason);
    }

    /// <summary>Hands a packet that LocalIn has passed to its protocol. Takes ownership.</summary>
    internal void DispatchTransport(Frame frame, NetDevice device)
    {
        Span<byte> packet = frame.Bytes[NetworkOffset..];
        IPProtocol protocol = (IPProtocol)packet[IPv4Header.ProtocolOffset];
        if (frame.Trace is not null)
        {
            TraceDelivery(frame, device, protocol);
        }

        bool taken = Namespace.RawOrNull is { } raw && DeliverRaw(raw, packet);
        switch (protocol)
        {
            // A tunnel consumes nothing: what it carries is mixed into the run's hash where that arrives. UDP knows which it is.
            case IPProtocol.Udp:
                Namespace.Udp.Receive(frame, device);
                return;
            case IPProtocol.IPv4 or IPProtocol.IPv6 or IPProtocol.Gre when Namespace.TunnelsOrNull is { } tunnels:
                tunnels.Receive(frame, device, protocol);
                return;
            default:
                break;
        }

        NoteConsumed(frame);
        switch (protocol)
        {
            case IPProtocol.Icmp:
                Icmp.Receive(frame, device);
                break;
            case IPProtocol.Tcp:
                Namespace.Tcp.Receive(frame, device);
                break;
            case var _ when taken:
                frame.Deliver();
                break;
            default:
                Icmp.SendError(frame, IcmpType.DestinationUnreachable, IcmpCode.ProtocolUnreachable, 0);
                Namespace.Drop(frame, DropReason.UnknownProtocol);
                break;
        }
    }

    /// <summary>Mixes into the run's hash what is consumed here and was not covered when the packet arrived.</summary>
    internal void NoteConsumed(Frame frame)
    {
        Span<byte> packet = frame.Bytes[NetworkOffset..];
        Namespace.Node.Hash.AddBytes(packet[Math.Min(packet.Length, RunHash64)..]);
    }

    /// <summary>Copies for raw sockets, with their header (raw_local_deliver).</summary>
    private static bool DeliverRaw(Processes.RawTable raw, Span<byte> packet)
    {
        IPv4Header header = new(packet);
        return raw.Deliver(
            AddressFamily.IPv4, header.Protocol, header.Source, header.Destination, packet[..header.TotalLength]);
    }

    /// <summary>What the arrival hash covered of the packet already.</summary>
    private const int RunHash64 = RunHash.HeaderBytes - NetworkOffset;

    /// <summary>Reads the total length, for what needs the packet's end only.</summary>
    internal static int TotalLength(Frame frame) =>
        BinaryPrimitives.ReadUInt16BigEndian(frame.Bytes[(NetworkOffset + IPv4Header.TotalLengthOffset)..]);
}
