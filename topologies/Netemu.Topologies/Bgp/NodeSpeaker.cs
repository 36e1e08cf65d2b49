using System;
using System.Linq;
using Netemu.Bgp;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;

namespace Netemu.Topologies.Bgp;

/// <summary>A BGP speaker in a namespace, joined to its TCP, its routing tables and its chance.</summary>
public sealed class NodeSpeaker
{
    private readonly FibNextHops _nextHops;
    private FrrControl? _control;

    private NodeSpeaker(NetworkNamespace space, BgpSpeaker speaker, FibRouteSink? sink, FibNextHops nextHops, SessionLog log)
    {
        Log = log;
        Namespace = space;
        Speaker = speaker;
        Sink = sink;
        _nextHops = nextHops;
    }

    public NetworkNamespace Namespace { get; }

    /// <summary>What has happened to its sessions.</summary>
    public SessionLog Log { get; }

    /// <summary>Redistributed routes follow the tables; null for a speaker that redistributes nothing.</summary>
    internal Redistributor? Redistributor { get; set; }

    /// <summary>Its configuration in FRR's words as it is now; not to be changed.</summary>
    public FrrConfiguration Model => _control?.Model ?? FrrConfiguration.Of(Speaker.Configuration, Redistributor?.SourceNames);

    /// <summary>What commands change of it; made when the first one comes.</summary>
    public FrrControl Control
    {
        get
        {
            if (_control is null)
            {
                _control = new FrrControl(Namespace, Model);
                _control.Attach(this);
            }

            return _control;
        }
    }

    /// <summary>True once a command has changed it, and for a router of FRR's words.</summary>
    internal bool HasCommands => _control is not null;

    /// <summary>What made it, a block or resources, says something else now; what commands have said stays over that.</summary>
    internal void Follow(BgpSpeakerConfiguration configuration)
    {
        if (_control is null)
        {
            Speaker.Reconfigure(configuration);
            UpdateAfterConfiguration();
        }
        else
        {
            _control.Follow(configuration);
        }
    }

    /// <summary>"neighbor X shutdown", or its opposite, as a step says it: where there are commands it is one of them.</summary>
    internal void SetShutdown(BgpSession session, bool shutdown)
    {
        if (_control is null || !_control.TrySetShutdown(session.Name, shutdown))
        {
            Speaker.SetShutdown(session.Address, shutdown);
        }
    }

    /// <summary>The BFD sessions of its neighbours; null while none asks for one.</summary>
    public NodeBfd? Bfd { get; private set; }

    /// <summary>The neighbours without addresses; null while there are none.</summary>
    public UnnumberedPeers? Unnumbered { get; private set; }

    /// <summary>The speaker's way to resolve next hops, and to hear of changes in the tables.</summary>
    internal FibNextHops NextHops => _nextHops;

    public BgpSpeaker Speaker { get; }

    /// <summary>Null for a speaker that programs nothing.</summary>
    public FibRouteSink? Sink { get; }

    /// <summary>True while the speaker holds a token of convergence.</summary>
    public bool IsPending => Speaker.IsRunning && (Speaker.Pending != BgpPending.None || Sink is { IsPending: true } || Redistributor is { IsPending: true } || Unnumbered is { IsPending: true });

    /// <summary>Makes the speaker; <paramref name="makeSink"/> gives it its way into the tables, or null for none.</summary>
    public static NodeSpeaker Create(
        NetworkNamespace space,
        BgpSpeakerConfiguration configuration,
        IByteStreamTransport transport,
        BgpTables tables,
        Func<FibNextHops, FibRouteSink?> makeSink)
    {
        FibNextHops nextHops = new(space);
        FibRouteSink? sink = makeSink(nextHops);
        SessionLog log = new(space.Node);
        BgpSpeaker speaker = new(configuration, new BgpServices
        {
            Scheduler = space.Node,
            Transport = transport,
            Random = space.Node.Random("bgp"),
            Tables = tables,
            RouteSink = sink,
            NextHops = nextHops,
            IsLocalAddress = address => IsLocal(space, address),
            LinkOf = address => LinkOf(space, address),
            AddressBeside = (address, family) => AddressBeside(space, address, family),
            CanConnect = peer => peer.IsIPv4 || !AwaitsAddress(space, peer.IPv6),
            Observer = log,
        });
        NodeSpeaker made = new(space, speaker, sink, nextHops, log);
        nextHops.DeviceOf = made.DeviceOf;
        space.DeviceChanged += made.OnDeviceChanged;
        return made;
    }

    /// <summary>The device over which a neighbour is spoken to: its interface, or the way to its address.</summary>
    private NetDevice? DeviceOf(InternetAddress peer) =>
        Speaker.FindNeighbor(peer)?.Configuration.Interface is { } name ? Namespace.FindDevice(name)
        : peer.IsIPv4 ? Namespace.IPv4.Routes.Resolve(peer.IPv4)?.NextHop.Device
        : Namespace.IPv6.Routes.Resolve(peer.IPv6)?.NextHop.Device;

    /// <summary>The speaker was made of this configuration.</summary>
    internal void UseControl(FrrControl control)
    {
        _control = control;
        control.Attach(this);
    }

    /// <summary>What lives beside the speaker follows its neighbours: those found on links, BFD.</summary>
    internal void UpdateAfterConfiguration()
    {
        if (Speaker.Configuration.Unnumbered.Count > 0)
        {
            if (Unnumbered is null)
            {
                Unnumbered = new UnnumberedPeers(Namespace, Speaker);
                Unnumbered.Found += UpdateBfd;
            }
        }

        Unnumbered?.Update();
        UpdateBfd();
    }

    private void UpdateBfd()
    {
        bool wantsBfd = false;
        foreach (BgpSession session in Speaker.Neighbors)
        {
            wantsBfd |= session.Configuration.Bfd;
        }

        if (wantsBfd && Bfd is null)
        {
            Bfd = new NodeBfd(Namespace, Speaker);
        }

        Bfd?.Update();
    }

    /// <summary>The node is gone: no farewell, no more events.</summary>
    public void Destroy()
    {
        _nextHops.Detach();
        Namespace.DeviceChanged -= OnDeviceChanged;
        Redistributor?.Stop();
        Bfd?.Stop();
        Unnumbered?.Stop();
        Speaker.Destroy();
    }

    /// <summary>
    /// External neighbours on a link that has gone are given up at once ("bgp fast-external-failover"; BIRD's direct
    /// sessions do the same).
    /// </summary>
    private void OnDeviceChanged(NetDevice device)
    {
        if (device.IsRunning)
        {
            return;
        }

        foreach (BgpSession session in Speaker.Neighbors)
        {
            bool onLink = !session.IsInternal && !session.Configuration.Multihop;
            if (onLink && session.IsEstablished && IsOn(device, session))
            {
                Speaker.LinkDown(session.Address);
            }
        }
    }

    /// <summary>True if a session runs over a device: by its interface, or by the address of its own end.</summary>
    private bool IsOn(NetDevice device, BgpSession session) =>
        session.Configuration.Interface is { } name ? device.Name == name : HasAddress(device, session.LocalAddress);

    private bool HasAddress(NetDevice device, InternetAddress address)
    {
        if (address.IsIPv4)
        {
            foreach (DeviceAddress<IPv4Address> own in Namespace.IPv4.Addresses)
            {
                if (ReferenceEquals(own.Device, device) && own.Address == address.IPv4)
                {
                    return true;
                }
            }

            return false;
        }

        foreach (DeviceAddress<IPv6Address> own in Namespace.IPv6.Addresses)
        {
            if (ReferenceEquals(own.Device, device) && own.Address == address.IPv6)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True while duplicate address detection runs on the device towards a peer (RFC 4862 section 5.4).</summary>
    private static bool AwaitsAddress(NetworkNamespace space, IPv6Address peer)
    {
        NetDevice? device = space.IPv6.Routes.Resolve(peer)?.NextHop.Device;
        if (device is not { IsRunning: true })
        {
            return false;
        }

        foreach (DeviceAddress<IPv6Address> own in space.IPv6.Addresses)
        {
            if (ReferenceEquals(own.Device, device) && own.IsTentative && !own.IsDadFailed)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first address of a family, and no link-local one, on the device that has an address of the other family.</summary>
    private static InternetAddress AddressBeside(NetworkNamespace space, InternetAddress address, AddressFamily family)
    {
        NetDevice? device = address.IsIPv4
            ? space.IPv4.Addresses.FirstOrDefault(own => own.Address == address.IPv4)?.Device
            : space.IPv6.Addresses.FirstOrDefault(own => own.Address == address.IPv6)?.Device;
        if (family == AddressFamily.IPv4)
        {
            return space.IPv4.Addresses.FirstOrDefault(own => own.Device == device && !own.Address.IsLoopback) is { } first ? first.Address : default(InternetAddress);
        }

        // Linux has the newest first.
        return space.IPv6.Addresses.LastOrDefault(own => own.Device == device && !own.Address.IsLinkLocal && !own.Address.IsLoopback) is { } last ? last.Address : default(InternetAddress);
    }

    private static InternetPrefix? LinkOf(NetworkNamespace space, InternetAddress address)
    {
        foreach (DeviceAddress<IPv4Address> own in space.IPv4.Addresses)
        {
            if (address.IsIPv4 && own.Address == address.IPv4)
            {
                return new InternetPrefix(own.OnLinkPrefix.Address, own.OnLinkPrefix.Length);
            }
        }

        return null;
    }

    private static bool IsLocal(NetworkNamespace space, InternetAddress address) =>
        address.IsIPv4 ? space.IPv4.IsLocal(address.IPv4) : space.IPv6.IsLocal(address.IPv6);
}
