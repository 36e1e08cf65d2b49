using System;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.IPv4;

/// <summary>
/// ARP with Linux's weak-host behaviour (net/ipv4/arp.c): any local address is answered on any device, unless arp_ignore
/// or arp_filter say otherwise; proxy_arp answers for what is routed out of another device.
/// </summary>
public sealed class ArpProtocol : INeighbourProtocol<IPv4Address>
{
    private readonly IPv4Stack _stack;
    private ProxyDelayQueue? _delayed;

    internal ArpProtocol(IPv4Stack stack) => _stack = stack;

    private NetworkNamespace Namespace => _stack.Namespace;

    /// <summary>Sends a packet as a program with a packet socket does (arping).</summary>
    public void Send(
        ArpOperation operation, NetDevice device, IPv4Address source, IPv4Address target, MacAddress targetMac, MacAddress destination) =>
        Send(operation, device, source, target, device.Mac, targetMac, destination, null);

    /// <summary>arp_notify: tells everybody of each address of a device that came up or has a new MAC (inetdev_send_gratuitous_arp).</summary>
    internal void Announce(NetDevice device)
    {
        if (!device.IsUp || !(Namespace.SettingsOf(device).ArpNotify || Namespace.Settings.All.ArpNotify))
        {
            return;
        }

        foreach (DeviceAddress<IPv4Address> address in _stack.Addresses)
        {
            if (ReferenceEquals(address.Device, device))
            {
                Send(ArpOperation.Request, device, address.Address, address.Address, default, MacAddress.Broadcast);
            }
        }
    }

    void INeighbourProtocol<IPv4Address>.Solicit(NeighbourEntry<IPv4Address> entry, bool unicast)
    {
        NetDevice device = entry.Device;

        // arp_announce 0: the source of the packet that waits, if it is ours; else an address of the device (arp_solicit).
        IPv4Address source = default;
        if (entry.QueueHead is not null)
        {
            IPv4Address waiting =
                IPv4Address.Read(entry.QueueHead.Bytes[(IPv4Stack.NetworkOffset + IPv4Header.SourceOffset)..]);
            int announce = Math.Max(Namespace.SettingsOf(device).ArpAnnounce, Namespace.Settings.All.ArpAnnounce);
            if (_stack.IsLocal(waiting) && (announce == 0 || (announce == 1 && SharesSubnet(device, waiting, entry.Address))))
            {
                source = waiting;
            }
        }

        if (source.IsUnspecified)
        {
            source = _stack.SelectSource(device, entry.Address, RouteScope.Link);
        }

        MacAddress destination = unicast ? entry.Mac : MacAddress.Broadcast;
        Send(ArpOperation.Request, device, source, entry.Address, device.Mac, default, destination, entry.QueueHead?.Trace);
    }

    void INeighbourProtocol<IPv4Address>.Unreachable(Frame frame, NetDevice device)
    {
        // arp_error_report: 3/1 to the sender, which may be ourselves.
        _stack.Icmp.SendError(frame, IcmpType.DestinationUnreachable, IcmpCode.HostUnreachable, 0);
        Namespace.Drop(frame, DropReason.NeighbourFailed);
    }

    NeighbourParameters INeighbourProtocol<IPv4Address>.Parameters(NetDevice device) => Namespace.SettingsOf(device).NeighboursIPv4;

    void INeighbourProtocol<IPv4Address>.ProxyChanged(NetDevice device, IPv4Address address, bool added)
    {
        // Requests come by broadcast: nothing has to be listened to.
    }

    void INeighbourProtocol<IPv4Address>.Failed(NeighbourEntry<IPv4Address> entry)
    {
        // Routes do not look at neighbours in IPv4.
    }

    /// <summary>A frame of EtherType ARP. Takes ownership.</summary>
    internal void Receive(Frame frame, NetDevice device)
    {
        if (frame.Type == PacketType.OtherHost || device.IsLoopback || device.IsNoArp || !device.UsesNeighbours)
        {
            device.Drop(frame, DropReason.OtherHost);
            return;
        }

        if (ArpPacket.TryParse(frame.Bytes[EthernetHeader.Size..], out ArpPacket packet) != WireError.None
            || packet.Operation is not (ArpOperation.Request or ArpOperation.Reply))
        {
            device.Drop(frame, DropReason.ArpMalformed);
            return;
        }

        DropReason outcome = Process(frame, packet, device);
        if (outcome == DropReason.None)
        {
            frame.Deliver();
        }
        else
        {
            device.Drop(frame, outcome);
        }
    }

    /// <summary>arp_process; None when the packet was of use.</summary>
    private DropReason Process(Frame frame, in ArpPacket packet, NetDevice device)
    {
        IPv4Address source = packet.SenderAddress;
        IPv4Address target = packet.TargetAddress;
        MacAddress sourceMac = packet.SenderMac;
        InterfaceSettings settings = Namespace.SettingsOf(device);
        if (target.IsMulticast || (target.IsLoopback && !settings.RouteLocalnet && !Namespace.Settings.All.RouteLocalnet))
        {
            return DropReason.ArpNotForUs;
        }

        bool request = packet.Operation == ArpOperation.Request;
        if (source.IsUnspecified)
        {
            // Duplicate address detection (RFC 5227): answered, never learned.
            if (request && _stack.Routes.AddressType(target) == RouteType.Local && !Ignores(device, source, target))
            {
                Trace(frame, device, $"answers the probe for {target}");
                Send(ArpOperation.Reply, device, target, source, device.Mac, sourceMac, sourceMac, frame.Trace);
                return DropReason.None;
            }

            return DropReason.ArpNotForUs;
        }

        if (request && TryAnswer(frame, device, settings, source, target, sourceMac, out DropReason outcome))
        {
            return outcome;
        }

        return Learn(frame, packet, device, request) ? DropReason.None : DropReason.ArpNotForUs;
    }

    /// <summary>Answers a request for an address of ours or for one that is proxied; false if it is neither.</summary>
    private bool TryAnswer(
        Frame frame,
        NetDevice device,
        InterfaceSettings settings,
        IPv4Address source,
        IPv4Address target,
        MacAddress sourceMac,
        out DropReason outcome)
    {
        outcome = DropReason.None;
        if (IsMartian(source, target, settings))
        {
            outcome = DropReason.MartianSource;
            return false;
        }

        // ip_route_input from the asker to the target: an own or filtered source has no route, so nothing is answered.
        RouteInfo<IPv4Address>? route = _stack.Routes.Resolve(new FlowKey<IPv4Address>(source, target, device, null, 0, 0));
        if (route is null)
        {
            if (frame.Trace is not null)
            {
                Trace(frame, device, $"does not answer for {target}: no route to it");
            }

            return false;
        }

        if (!_stack.ValidateSource(source, target, device, out _, out DropReason invalid))
        {
            outcome = invalid;
            return false;
        }

        if (route.Type == RouteType.Local)
        {
            if (Ignores(device, source, target) || Filters(device, source, target))
            {
                Trace(frame, device, $"ignores the request for {target} (arp_ignore)");
                outcome = DropReason.ArpIgnored;
                return true;
            }

            LearnAsker(device, source, sourceMac);
            Trace(frame, device, $"answers for its own {target}");
            Send(ArpOperation.Reply, device, target, source, device.Mac, sourceMac, sourceMac, frame.Trace);
            return true;
        }

        if (!settings.Forwarding || route.Type != RouteType.Unicast)
        {
            return false;
        }

        bool elsewhere = !ReferenceEquals(route.NextHop.Device, device);
        bool proxied = elsewhere
            && (settings.ProxyArp || Namespace.Settings.All.ProxyArp || _stack.Neighbours.IsProxied(device, target));
        if (!proxied)
        {
            if (settings.ProxyArp && frame.Trace is not null)
            {
                Trace(frame, device, $"proxy_arp is silent: {target} is routed back out of {device.Name}");
            }

            return false;
        }

        LearnAsker(device, source, sourceMac);
        Trace(frame, device, $"proxy_arp answers for {target}, which is routed out of {route.NextHop.Device?.Name}");
        if (settings.ProxyDelay == 0 || frame.Type == PacketType.Host)
        {
            Send(ArpOperation.Reply, device, target, source, device.Mac, sourceMac, sourceMac, frame.Trace);
        }
        else
        {
            _delayed ??= new ProxyDelayQueue(Namespace.Node);
            _delayed.Add(settings.ProxyDelay, () => Send(ArpOperation.Reply, device, target, source, sourceMac, sourceMac));
        }

        return true;
    }

    /// <summary>The addresses that ip_route_input_slow refuses before it looks up a route.</summary>
    private bool IsMartian(IPv4Address source, IPv4Address target, InterfaceSettings settings) =>
        source.IsMulticast || source.IsBroadcast
        || (target.IsUnspecified && !source.IsUnspecified)
        || (source.IsLoopback && !settings.RouteLocalnet && !Namespace.Settings.All.RouteLocalnet);

    /// <summary>The asker exists (neigh_event_ns); a broadcast address needs no neighbour (arp_constructor).</summary>
    private void LearnAsker(NetDevice device, IPv4Address source, MacAddress mac)
    {
        if (_stack.Routes.AddressType(source) != RouteType.Broadcast)
        {
            _stack.Neighbours.LearnFromRequest(device, source, mac);
        }
    }

    /// <summary>What the packet says of its sender: known entries are updated, unknown ones made only if arp_accept says so.</summary>
    private bool Learn(Frame frame, in ArpPacket packet, NetDevice device, bool request)
    {
        IPv4Address source = packet.SenderAddress;
        NeighbourEntry<IPv4Address>? entry = _stack.Neighbours.Find(device, source);

        // arp_is_garp: a gratuitous reply names the sender's MAC as the target's too.
        bool gratuitous = source == packet.TargetAddress
            && (request || packet.TargetMac == packet.SenderMac)
            && _stack.Routes.AddressType(source) == RouteType.Unicast;
        int accept = Math.Max(Namespace.SettingsOf(device).ArpAccept, Namespace.Settings.All.ArpAccept);
        if (entry is null)
        {
            if (accept == 0 || (!gratuitous && request) || _stack.Routes.AddressType(source) != RouteType.Unicast)
            {
                return false;
            }

            entry = _stack.Neighbours.FindOrCreate(device, source);
        }

        SimTime now = Namespace.Node.Now;
        Duration lockTime = Duration.FromMilliseconds(Namespace.SettingsOf(device).NeighboursIPv4.LockTime * 10L);
        bool overrideMac = now > entry.Updated + lockTime || gratuitous;
        NudState state = request || frame.Type != PacketType.Host ? NudState.Stale : NudState.Reachable;
        _stack.Neighbours.Update(entry, packet.SenderMac, state, overrideMac);
        return true;
    }

    /// <summary>arp_ignore: 0 any local address, 1 of this device only, 2 and on the asker's subnet, 8 nothing.</summary>
    private bool Ignores(NetDevice device, IPv4Address source, IPv4Address target)
    {
        int ignore = Math.Max(Namespace.SettingsOf(device).ArpIgnore, Namespace.Settings.All.ArpIgnore);
        return ignore switch
        {
            0 => false,
            1 => !HasAddress(device, target, default, checkSubnet: false),
            2 => !HasAddress(device, target, source, checkSubnet: !source.IsUnspecified),
            8 => true,
            _ => false,
        };
    }

    /// <summary>arp_filter: the answer goes only where the way back to the asker leads.</summary>
    private bool Filters(NetDevice device, IPv4Address source, IPv4Address target)
    {
        if (!Namespace.SettingsOf(device).ArpFilter && !Namespace.Settings.All.ArpFilter)
        {
            return false;
        }

        OutputRoute<IPv4Address> back = _stack.RouteOutput(source, target);
        return !ReferenceEquals(back.Device, device);
    }

    private bool HasAddress(NetDevice device, IPv4Address target, IPv4Address source, bool checkSubnet)
    {
        foreach (DeviceAddress<IPv4Address> address in _stack.Addresses)
        {
            if (ReferenceEquals(address.Device, device) && address.Address == target
                && (!checkSubnet || address.InterfaceAddress.Prefix.Contains(source)))
            {
                return true;
            }
        }

        return false;
    }

    private bool SharesSubnet(NetDevice device, IPv4Address source, IPv4Address target)
    {
        foreach (DeviceAddress<IPv4Address> address in _stack.Addresses)
        {
            if (ReferenceEquals(address.Device, device) && address.InterfaceAddress.Prefix.Contains(source)
                && address.InterfaceAddress.Prefix.Contains(target))
            {
                return true;
            }
        }

        return false;
    }

    private void Trace(Frame frame, NetDevice device, string detail) =>
        frame.Trace?.Add(Namespace, TraceStage.Arp, detail, device);

    private void Send(
        ArpOperation operation,
        NetDevice device,
        IPv4Address source,
        IPv4Address target,
        MacAddress sourceMac,
        MacAddress targetMac,
        MacAddress destination,
        PacketTrace? trace)
    {
        if (device.IsNoArp)
        {
            return;
        }

        Frame frame = Namespace.Node.Emulation.Frames.Rent(EthernetHeader.Size + ArpPacket.Size);
        EthernetHeader.Write(frame.Bytes, destination, device.Mac, EtherType.Arp);
        ArpPacket.Write(frame.Bytes[EthernetHeader.Size..], operation, sourceMac, source, targetMac, target);
        frame.Trace = trace?.Branch();
        device.Transmit(frame);
    }
}
