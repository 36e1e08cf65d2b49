using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.IPv6;

/// <summary>
/// The host's side of router discovery on one device (RFC 4861 section 6.3, RFC 4862 section 5.5; ndisc_router_discovery,
/// addrconf_prefix_rcv): solicitations with growing pauses, default routers, prefixes on the link, addresses made from them.
/// </summary>
public sealed class RouterDiscovery
{
    /// <summary>MIN_VALID_LIFETIME: an advertisement cannot cut the rest of an address' life below two hours (RFC 4862 5.5.3 e).</summary>
    private static readonly Duration LeastLifetime = Duration.FromSeconds(7200);

    /// <summary>
    /// How long a run that waits for convergence waits for the answer to the first solicitation: a router answers within
    /// half a second (MAX_RA_DELAY_TIME), later solicitations hold nobody up.
    /// </summary>
    private static readonly Duration Patience = Duration.FromSeconds(1);

    private readonly IPv6Interface _owner;
    private readonly List<Route<IPv6Address>> _routes = [];
    private readonly List<IPv6Address> _dnsServers = [];
    private readonly CallbackTimer _solicitTimer;
    private readonly CallbackTimer _patienceTimer;
    private readonly CallbackTimer _expiryTimer;
    private RandomSource? _random;
    private Duration _interval;
    private int _sent;
    private bool _waits;
    private bool _heard;

    internal RouterDiscovery(IPv6Interface owner)
    {
        _owner = owner;
        _solicitTimer = new CallbackTimer(SolicitAgain);
        _patienceTimer = new CallbackTimer(StopWaiting);
        _expiryTimer = new CallbackTimer(ExpireRoutes);
    }

    /// <summary>The recursive DNS servers that routers have named (RFC 8106), in the order of their naming.</summary>
    public IReadOnlyList<IPv6Address> DnsServers => _dnsServers;

    /// <summary>Routers have said that addresses, or other settings, come by DHCPv6.</summary>
    public bool Managed { get; private set; }

    public bool OtherConfiguration { get; private set; }

    private IPv6Stack Stack => _owner.Stack;

    private NetDevice Device => _owner.Device;

    private Node Node => Device.Node;

    private InterfaceSettings Settings => _owner.Settings;

    private RandomSource Random => _random ??= Node.Random($"{Stack.Namespace.Name}/{Device.Name}/rs");

    /// <summary>ipv6_accept_ra: hosts do, routers only with accept_ra=2.</summary>
    private bool Accepts => Settings.ForwardingIPv6 ? Settings.AcceptRa == 2 : Settings.AcceptRa != 0;

    /// <summary>The link-local address may be used: routers are asked for (addrconf_dad_completed).</summary>
    internal void Start()
    {
        if (!Accepts || Settings.RouterSolicitations == 0 || Device.IsLoopback || !Device.UsesNeighbours)
        {
            return;
        }

        _heard = false;
        _sent = 1;
        _interval = Spread(Duration.FromSeconds(Settings.RouterSolicitationInterval), 9, 11);
        if (!_waits)
        {
            _waits = true;
            Stack.Pending++;
            Node.Schedule(_patienceTimer, Node.Now + Patience);
        }

        Solicit();
        Node.Schedule(_solicitTimer, Node.Now + _interval);
    }

    /// <summary>The device goes down: what routers said is forgotten.</summary>
    internal void Stop()
    {
        StopWaiting();
        Node.Cancel(_solicitTimer);
        Node.Cancel(_expiryTimer);
        foreach (Route<IPv6Address> route in _routes)
        {
            Stack.Routes.Remove(route);
        }

        _routes.Clear();
        _dnsServers.Clear();
        _heard = false;
    }

    /// <summary>rt6_purge_dflt_routers: the node forwards now.</summary>
    internal void BecameRouter()
    {
        if (!Accepts)
        {
            RemoveRoutes(r => r.NextHop.HasGateway);
            Node.Cancel(_solicitTimer);
            StopWaiting();
        }
    }

    /// <summary>A router says that it is none any more.</summary>
    internal void RouterGone(IPv6Address router) => RemoveRoutes(r => r.NextHop.HasGateway && r.NextHop.Gateway == router);

    /// <summary>
    /// A default router does not answer: others of its preference come before it (RFC 4861 section 6.3.6; rt6_score_route).
    /// </summary>
    internal void RouterUnreachable(IPv6Address router)
    {
        Route<IPv6Address>? failed = _routes.Find(r => r.NextHop.HasGateway && r.NextHop.Gateway == router);
        if (failed?.Next is { NextHop.HasGateway: true } next && next.Metric == failed.Metric)
        {
            Stack.Routes.Remove(failed);
            Stack.Routes.Add(failed, place: RoutePlace.Last);
        }
    }

    /// <summary>A router advertisement; false if it is invalid or not wanted.</summary>
    internal bool Receive(IPv6Address source, ReadOnlySpan<byte> message)
    {
        if (!source.IsLinkLocal || RouterAdvertisement.TryParse(message, out RouterAdvertisement advertisement) != WireError.None)
        {
            return false;
        }

        Stack.NoteRouter(Device, source);
        if (!Accepts || (!Settings.AcceptRaFromLocal && Stack.Find(Device, source) is not null))
        {
            return false;
        }

        _heard = true;
        StopWaiting();
        Managed = advertisement.Managed;
        OtherConfiguration = advertisement.Other;
        if (Settings.AcceptRaDefaultRouter)
        {
            UpdateDefaultRouter(source, advertisement);
        }

        ApplyParameters(advertisement);
        LearnRouter(source, advertisement);
        NeighbourDiscoveryOptions options = new(advertisement.Options);
        while (options.MoveNext())
        {
            switch (options.Type)
            {
                case NeighbourDiscoveryOptions.PrefixInformation when Settings.AcceptRaPrefixInformation
                    && PrefixInformation.TryRead(options.Option, out PrefixInformation information):
                    UsePrefix(information);
                    break;
                case NeighbourDiscoveryOptions.Mtu when Settings.AcceptRaMtu:
                    UseMtu(options.Option);
                    break;
                case NeighbourDiscoveryOptions.RecursiveDnsServer:
                    UseDnsServers(options.Option);
                    break;
                default:
                    break;
            }
        }

        return true;
    }

    /// <summary>Uniform between <paramref name="least"/> and <paramref name="most"/> tenths (RFC 3315 section 14).</summary>
    private Duration Spread(Duration duration, long least, long most)
    {
        long tenth = duration.Nanoseconds / 10;
        return new Duration((tenth * least) + Random.NextBelow(Math.Max(1, tenth * (most - least))));
    }

    private void Solicit()
    {
        IPv6Address source = _owner.LinkLocal();
        if (source.IsUnspecified)
        {
            return;
        }

        Span<byte> body = stackalloc byte[Icmpv6Header.Size + 8];
        NeighbourDiscoveryOptions.WriteMac(body[Icmpv6Header.Size..], NeighbourDiscoveryOptions.SourceLinkLayer, Device.Mac);
        Stack.Ndp.SendMessage(Device, source, IPv6Address.AllRouters, Icmpv6Type.RouterSolicitation, 0, body, null);
    }

    /// <summary>addrconf_rs_timer: until a router has answered, with pauses that double up to an hour.</summary>
    private void SolicitAgain()
    {
        int most = Settings.RouterSolicitations;
        if (!_owner.IsReady || !Accepts || _heard || (most >= 0 && _sent >= most))
        {
            return;
        }

        _sent++;
        Solicit();
        Duration longest = Duration.FromSeconds(Settings.RouterSolicitationMaximumInterval);
        _interval = Spread(_interval, 19, 21);
        _interval = _interval > longest ? Spread(longest, 9, 11) : _interval;
        Node.Schedule(_solicitTimer, Node.Now + _interval);
    }

    private void StopWaiting()
    {
        if (_waits)
        {
            _waits = false;
            Stack.Pending--;
            Node.Cancel(_patienceTimer);
            Stack.Namespace.NoteNeighbourChange();
        }
    }

    private void UpdateDefaultRouter(IPv6Address router, in RouterAdvertisement advertisement)
    {
        Route<IPv6Address>? route = _routes.Find(r => r.Prefix.Length == 0 && r.NextHop.HasGateway && r.NextHop.Gateway == router);
        int preference = Settings.AcceptRaRouterPreference && advertisement.Lifetime > 0 ? advertisement.Preference : 0;
        uint metric = Settings.RaDefaultRouterMetric;
        if (route is not null && (advertisement.Lifetime == 0 || route.Preference != preference || route.Metric != metric))
        {
            Remove(route);
            route = null;
        }

        if (advertisement.Lifetime == 0)
        {
            return;
        }

        SimTime expires = Node.Now + Duration.FromSeconds(advertisement.Lifetime);
        if (route is not null)
        {
            route.Expires = expires;
            route.HopLimit = advertisement.CurrentHopLimit;
            ArmExpiry();
            return;
        }

        Install(
            new Route<IPv6Address>
            {
                Prefix = Prefix<IPv6Address>.Default,
                Protocol = RouteProtocol.RouterAdvertisement,
                Metric = metric,
                Preference = preference,
                Expires = expires,
                HopLimit = advertisement.CurrentHopLimit,
                NextHop = new NextHop<IPv6Address>(Device, router, hasGateway: true),
            });
        OrderByPreference();
    }

    /// <summary>Routers of a higher preference come first (RFC 4191 section 3.2).</summary>
    private void OrderByPreference()
    {
        Route<IPv6Address>[] defaults = [.. _routes.Where(r => r.Prefix.Length == 0 && r.NextHop.HasGateway)];
        if (defaults.All(r => r.Preference == defaults[0].Preference))
        {
            return;
        }

        foreach (Route<IPv6Address> route in defaults.OrderByDescending(r => r.Preference))
        {
            Stack.Routes.Remove(route);
            Stack.Routes.Add(route, place: RoutePlace.Last);
        }
    }

    private void ApplyParameters(in RouterAdvertisement advertisement)
    {
        if (advertisement.CurrentHopLimit >= Settings.AcceptRaMinimumHopLimit && advertisement.CurrentHopLimit != 0
            && advertisement.CurrentHopLimit != Settings.HopLimit)
        {
            Stack.Namespace.WritableSettingsOf(Device).HopLimit = advertisement.CurrentHopLimit;
        }

        // A second at least between solicitations, and no more than the kernel's timers hold.
        if (advertisement.RetransmitTimer is >= 1000 and < int.MaxValue && advertisement.RetransmitTimer != Settings.NeighboursIPv6.RetransmitTime)
        {
            InterfaceSettings settings = Stack.Namespace.WritableSettingsOf(Device);
            settings.NeighboursIPv6 = settings.NeighboursIPv6 with { RetransmitTime = (int)advertisement.RetransmitTimer };
        }

        if (advertisement.ReachableTime is > 0 and < int.MaxValue && advertisement.ReachableTime != Settings.NeighboursIPv6.BaseReachableTime)
        {
            InterfaceSettings settings = Stack.Namespace.WritableSettingsOf(Device);
            settings.NeighboursIPv6 = settings.NeighboursIPv6 with { BaseReachableTime = (int)advertisement.ReachableTime };
        }
    }

    private void LearnRouter(IPv6Address router, in RouterAdvertisement advertisement)
    {
        NeighbourEntry<IPv6Address> entry = Stack.Neighbours.FindOrCreate(Device, router);
        entry.IsRouter = true;
        if (NeighbourDiscoveryOptions.TryFindMac(advertisement.Options, NeighbourDiscoveryOptions.SourceLinkLayer, out MacAddress mac))
        {
            Stack.Neighbours.Update(entry, mac, NudState.Stale, overrideMac: true);
        }
    }

    private void UseMtu(ReadOnlySpan<byte> option)
    {
        int mtu = option.Length == 8 ? (int)Math.Min(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(option[4..]), int.MaxValue) : 0;
        if (mtu >= IPv6Interface.MinimumMtu && mtu <= Device.Mtu && mtu != _owner.Mtu)
        {
            Stack.Namespace.WritableSettingsOf(Device).MtuIPv6 = mtu;
        }
    }

    private void UseDnsServers(ReadOnlySpan<byte> option)
    {
        for (int offset = 8; offset + IPv6Address.Size <= option.Length; offset += IPv6Address.Size)
        {
            IPv6Address server = IPv6Address.Read(option[offset..]);
            if (!_dnsServers.Contains(server))
            {
                _dnsServers.Add(server);
            }
        }
    }

    private void UsePrefix(PrefixInformation information)
    {
        IPv6Address prefix = information.Prefix.Address;
        if (prefix.IsLinkLocal || prefix.IsMulticast || information.PreferredLifetime > information.ValidLifetime)
        {
            return;
        }

        if (information.OnLink)
        {
            UseOnLink(information);
        }

        if (information.Autonomous && Settings.Autoconf && information.Prefix.Length == 64)
        {
            UseForAddress(information);
        }
    }

    private void UseOnLink(PrefixInformation information)
    {
        Route<IPv6Address>? route = _routes.Find(r => r.Prefix == information.Prefix && !r.NextHop.HasGateway);
        SimTime expires = Until(information.ValidLifetime);
        if (route is not null)
        {
            if (information.ValidLifetime == 0)
            {
                Remove(route);
                return;
            }

            route.Expires = expires;
            ArmExpiry();
            return;
        }

        if (information.ValidLifetime > 0)
        {
            Install(new Route<IPv6Address>
            {
                Prefix = information.Prefix,
                Protocol = RouteProtocol.Kernel,
                Metric = 256,
                Expires = expires,
                NextHop = new NextHop<IPv6Address>(Device, default, hasGateway: false),
            });
        }
    }

    private void UseForAddress(PrefixInformation information)
    {
        IPv6Address made = new(information.Prefix.Address.High, Device.InterfaceIdentifier);
        DeviceAddress<IPv6Address>? known = Stack.Find(Device, made);
        SimTime preferred = Until(information.PreferredLifetime);
        SimTime valid = Until(information.ValidLifetime);
        if (known is null)
        {
            if (information.ValidLifetime > 0)
            {
                // The prefix route is the advertisement's, with its lifetime; the address makes none.
                Stack.AddAddress(new DeviceAddress<IPv6Address>(Device, new InterfaceAddress<IPv6Address>(made, 64), RouteScope.Universe)
                {
                    NoPrefixRoute = true,
                    IsAutomatic = true,
                    PreferredUntil = preferred,
                    ValidUntil = valid,
                });
            }

            return;
        }

        if (known.IsAutomatic)
        {
            // RFC 4862 section 5.5.3 e: the rest of its life, or two hours if that is less, is not taken away.
            SimTime least = Node.Now + LeastLifetime;
            least = known.ValidUntil < least ? known.ValidUntil : least;
            Stack.SetLifetimes(known, preferred, valid < least ? least : valid);
        }
    }

    private SimTime Until(uint seconds) =>
        seconds == PrefixInformation.Forever ? SimTime.Never : Node.Now + Duration.FromSeconds(seconds);

    private void Install(Route<IPv6Address> route)
    {
        if (Stack.Routes.Add(route, place: RoutePlace.Last))
        {
            _routes.Add(route);
            ArmExpiry();
        }
    }

    private void Remove(Route<IPv6Address> route)
    {
        _routes.Remove(route);
        Stack.Routes.Remove(route);
    }

    private void RemoveRoutes(Predicate<Route<IPv6Address>> which)
    {
        foreach (Route<IPv6Address> route in _routes.FindAll(which))
        {
            Remove(route);
        }
    }

    private void ArmExpiry()
    {
        SimTime next = SimTime.Never;
        foreach (Route<IPv6Address> route in _routes)
        {
            next = route.Expires < next ? route.Expires : next;
        }

        Node.Cancel(_expiryTimer);
        if (next < SimTime.Never)
        {
            Node.Schedule(_expiryTimer, next);
        }
    }

    private void ExpireRoutes()
    {
        RemoveRoutes(r => r.Expires <= Node.Now);
        ArmExpiry();
    }
}
