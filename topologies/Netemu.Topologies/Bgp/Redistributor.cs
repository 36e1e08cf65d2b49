using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Bgp;

/// <summary>
/// Announces routes of other origins (connected, static, kernel) and takes them back, as the tables change; and networks
/// that are announced only while a route to them exists ("bgp network import-check").
/// </summary>
internal sealed class Redistributor
{
    private readonly NetworkNamespace _space;
    private readonly BgpSpeaker _speaker;
    private readonly List<(BgpRedistribution Source, RoutePolicy? Policy, AddressFamily? Family)> _sources = [];
    private readonly SortedDictionary<InternetPrefix, BgpNetwork> _checked = [];
    private readonly CallbackTimer _timer;
    private SortedDictionary<InternetPrefix, BgpNetwork> _announced = [];

    public Redistributor(NetworkNamespace space, BgpSpeaker speaker, FibNextHops tables)
    {
        _space = space;
        _speaker = speaker;
        _timer = new CallbackTimer(Update);
        tables.Changed += () => space.Node.Schedule(_timer, space.Node.Now);
    }

    /// <summary>What is redistributed, in FRR's words.</summary>
    public IEnumerable<string> SourceNames => _sources.Select(source => NameOf(source.Source)).Distinct();

    /// <summary>The tags of static routes: the kernel's know none.</summary>
    public IReadOnlyDictionary<InternetPrefix, uint> Tags { get; set; } = new Dictionary<InternetPrefix, uint>();

    public bool IsPending => _timer.IsArmed;

    public void Add(BgpRedistribution source, RoutePolicy? policy, AddressFamily? family = null) => _sources.Add((source, policy, family));

    /// <summary>A network that waits for a route to it.</summary>
    public void AddChecked(BgpNetwork network) => _checked[network.Prefix] = network;

    /// <summary>Forgets what was to be redistributed; <see cref="Update"/> takes it back.</summary>
    public void Clear()
    {
        _sources.Clear();
        _checked.Clear();
    }

    public void Stop() => _space.Node.Cancel(_timer);

    /// <summary>Brings what is announced to what the tables hold.</summary>
    public void Update()
    {
        SortedDictionary<InternetPrefix, BgpNetwork> wanted = [];
        foreach (Route<IPv4Address> route in _space.IPv4.Routes.Main.Routes())
        {
            Consider(wanted, route.Prefix, route.Protocol, route.Type, route.Metric, route.NextHop.Device?.Name);
        }

        foreach (Route<IPv6Address> route in _space.IPv6.Routes.Main.Routes())
        {
            if (!route.Prefix.Address.IsLinkLocal && !route.Prefix.Address.IsMulticast)
            {
                Consider(wanted, route.Prefix, route.Protocol, route.Type, route.Metric, route.NextHop.Device?.Name);
            }
        }

        foreach (DeviceAddress<IPv4Address> own in ConnectedHosts.Of(_space))
        {
            Consider(wanted, new InternetPrefix(own.Address, 32), RouteProtocol.Kernel, RouteType.Unicast, 0, own.Device.Name);
        }

        foreach ((InternetPrefix prefix, BgpNetwork _) in _announced)
        {
            if (!wanted.ContainsKey(prefix))
            {
                _speaker.Withdraw(prefix);
            }
        }

        foreach ((InternetPrefix prefix, BgpNetwork network) in wanted)
        {
            if (!_announced.TryGetValue(prefix, out BgpNetwork? old) || old != network)
            {
                _speaker.Announce(network);
            }
        }

        _announced = wanted;
    }

    private void Consider(
        SortedDictionary<InternetPrefix, BgpNetwork> wanted, InternetPrefix prefix, RouteProtocol protocol, RouteType type, uint metric, string? device)
    {
        if (type is not (RouteType.Unicast or RouteType.Blackhole) || protocol == RouteProtocol.Bgp)
        {
            return;
        }

        if (_checked.TryGetValue(prefix, out BgpNetwork? network))
        {
            wanted[prefix] = network;
            return;
        }

        foreach ((BgpRedistribution source, RoutePolicy? policy, AddressFamily? family) in _sources)
        {
            if (SourceOf(protocol) == source && (family is null || family == prefix.Family) && !wanted.ContainsKey(prefix))
            {
                wanted[prefix] = new BgpNetwork(prefix)
                {
                    Origin = Origin.Incomplete,
                    Med = source == BgpRedistribution.Connected || protocol == RouteProtocol.Static ? 0 : metric,
                    Policy = policy,
                    Interface = device,
                    Tag = protocol == RouteProtocol.Static ? Tags.GetValueOrDefault(prefix) : 0,
                };
            }
        }
    }

    private static string NameOf(BgpRedistribution source) => source switch
    {
        BgpRedistribution.Connected => "connected",
        BgpRedistribution.Static => "static",
        _ => "kernel",
    };

    // What zebra makes of the kernel's protocol numbers: connected routes are the kernel's own, "ip route add" is static.
    private static BgpRedistribution? SourceOf(RouteProtocol protocol) => protocol switch
    {
        RouteProtocol.Kernel => BgpRedistribution.Connected,
        RouteProtocol.Boot or RouteProtocol.Static => BgpRedistribution.Static,
        _ => BgpRedistribution.Kernel,
    };
}
