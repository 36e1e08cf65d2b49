using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.IPv6;
using Netemu.Engine.Namespaces;

namespace Netemu.Topologies.Bgp;

/// <summary>
/// The unnumbered neighbours of a speaker (RFC 8950 over IPv6 link-local addresses). An interface that has one is switched to
/// IPv6 and advertised on, as bgpd has zebra do; the first router that is heard there becomes the neighbour.
/// </summary>
/// <remarks>A speaker knows a neighbour by its address, so two links of a node cannot have neighbours with one link-local address.</remarks>
public sealed class UnnumberedPeers
{
    /// <summary>BGP_UNNUM_DEFAULT_RA_INTERVAL (bgpd/bgp_zebra.h): ten seconds.</summary>
    private static readonly Duration s_interval = Duration.FromSeconds(10);

    private readonly NetworkNamespace _space;
    private readonly BgpSpeaker _speaker;
    private readonly SortedDictionary<string, Link> _links = new(StringComparer.Ordinal);

    public UnnumberedPeers(NetworkNamespace space, BgpSpeaker speaker)
    {
        _space = space;
        _speaker = speaker;
        space.IPv6.RouterHeard += OnRouterHeard;
    }

    /// <summary>A link whose neighbour has not been heard holds `converged` for one interval of its advertisements.</summary>
    public bool IsPending => _links.Values.Any(link => link.IsAwaited);

    /// <summary>The interfaces on which nobody has been heard.</summary>
    public IEnumerable<string> Silent => _links.Where(link => link.Value.Peer.IsNone).Select(link => link.Key);

    /// <summary>Brings the neighbours to what the speaker's configuration names.</summary>
    public void Update()
    {
        Dictionary<string, BgpNeighborConfiguration> wanted = _speaker.Configuration.Unnumbered.ToDictionary(
            neighbor => neighbor.Interface, neighbor => neighbor.Configuration, StringComparer.Ordinal);
        foreach (string gone in _links.Keys.Where(name => !wanted.ContainsKey(name)).ToArray())
        {
            _links[gone].Stop();
            if (!_links[gone].Peer.IsNone)
            {
                _speaker.RemoveNeighbor(_links[gone].Peer);
            }

            _links.Remove(gone);
        }

        foreach ((string name, BgpNeighborConfiguration configuration) in wanted)
        {
            Update(name, configuration);
        }
    }

    /// <summary>A neighbour has been found and added to the speaker.</summary>
    public event Action? Found;

    public void Stop()
    {
        _space.IPv6.RouterHeard -= OnRouterHeard;
        foreach (Link link in _links.Values)
        {
            link.Stop();
        }

        _links.Clear();
    }

    private void Update(string name, BgpNeighborConfiguration configuration)
    {
        configuration = configuration with { Interface = name };
        if (_links.TryGetValue(name, out Link? known))
        {
            known.Configuration = configuration;
            if (!known.Peer.IsNone)
            {
                _speaker.ReconfigureNeighbor(known.Peer, Complete(known));
            }

            return;
        }

        if (_space.FindDevice(name) is not { } device)
        {
            return;
        }

        Link link = new(device, configuration);
        _links.Add(name, link);
        link.Start(_space.IPv6);
    }

    private void OnRouterHeard(NetDevice device, IPv6Address router)
    {
        if (!_links.TryGetValue(device.Name, out Link? link) || link.Peer == router || _space.IPv6.IsLocal(router))
        {
            return;
        }

        // Another router on the link, or the same with another address: the last one that was heard is the neighbour.
        if (!link.Peer.IsNone)
        {
            if (_speaker.FindNeighbor(link.Peer) is { IsEstablished: true })
            {
                return;
            }

            _speaker.RemoveNeighbor(link.Peer);
        }

        link.Found(router);
        _speaker.AddNeighbor(new BgpNeighbor(router, Complete(link)));
        Found?.Invoke();
    }

    private static BgpNeighborConfiguration Complete(Link link) => link.Configuration with
    {
        LinkLocalNextHop = IPv6Stack.InterfaceOf(link.Device) is { } own ? own.LinkLocalAddress : default,
    };

    /// <summary>An interface with an unnumbered neighbour.</summary>
    private sealed class Link(NetDevice device, BgpNeighborConfiguration configuration)
    {
        private readonly CallbackTimer _patience = new(static () => { });
        private RouterAdvertiser? _advertiser;

        public NetDevice Device { get; } = device;

        public BgpNeighborConfiguration Configuration { get; set; } = configuration;

        public InternetAddress Peer { get; private set; }

        public bool IsAwaited => _patience.IsArmed;

        public void Start(IPv6Stack stack)
        {
            stack.Enable();
            bool advertises = stack.Namespace.Settings.IPv6Enabled && !stack.Advertises(Device);
            _advertiser = advertises
                ? RouterAdvertiser.Start(stack, Device, new RouterAdvertiserOptions { MaximumInterval = s_interval, HopLimit = 64 })
                : null;
            Device.Node.Schedule(_patience, Device.Node.Now + s_interval);
        }

        public void Found(IPv6Address router)
        {
            Peer = router;
            Device.Node.Cancel(_patience);
        }

        public void Stop()
        {
            Device.Node.Cancel(_patience);
            _advertiser?.Kill();
        }
    }
}
