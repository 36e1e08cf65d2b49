using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Netfilter.Text;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Netfilter;

/// <summary>
/// A run of packets of established connections and the long way give the same bytes, times, counters, rules' counters,
/// connections and hash, whatever the rules are and however they change.
/// </summary>
public sealed class EstablishedRunTests
{
    private static readonly string[] Tables =
    [
        "*filter\n-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A FORWARD -m conntrack --ctstate INVALID -j DROP\nCOMMIT",
        """
        *filter
        :FORWARD DROP [0:0]
        :known - [0:0]
        -A FORWARD -j known
        -A FORWARD -i eth0 -j ACCEPT
        -A known -m conntrack ! --ctstate ESTABLISHED -j RETURN
        -A known -j ACCEPT
        COMMIT
        """,
        "*mangle\n-A PREROUTING -m conntrack --ctstate ESTABLISHED\n-A POSTROUTING -m conntrack ! --ctstate NEW\nCOMMIT",
        "*mangle\n-A FORWARD -j MARK --set-xmark 0x1/0xffffffff\nCOMMIT",
        "*mangle\nCOMMIT",
        "*raw\n-A PREROUTING -p udp --dport 1003 -j CT --notrack\nCOMMIT",
        "*raw\n-A PREROUTING -m conntrack --ctstate INVALID\nCOMMIT",
        "*nat\n-A PREROUTING -p tcp --dport 1001 -j DNAT --to-destination SERVER:1004\n-A POSTROUTING -p udp --dport 1002 -j MASQUERADE\nCOMMIT",
        "*nat\nCOMMIT",
        "*filter\n-A FORWARD -m conntrack --ctstate ESTABLISHED -p udp -m length --length 100:200 -j DROP\n-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT\nCOMMIT",
    ];

    [Theory]
    [InlineData(1, AddressFamily.IPv4)]
    [InlineData(2, AddressFamily.IPv4)]
    [InlineData(3, AddressFamily.IPv4)]
    [InlineData(4, AddressFamily.IPv4)]
    [InlineData(1, AddressFamily.IPv6)]
    [InlineData(2, AddressFamily.IPv6)]
    public void Flows_end_the_same_with_a_tap_on_every_device_which_forces_the_long_way(int seed, AddressFamily family)
    {
        Outcome run = Run(seed, family, tapped: false);
        Outcome tapped = Run(seed, family, tapped: true);
        Assert.Equal(tapped.Seen, run.Seen);
        Assert.Equal(tapped.Hash, run.Hash);
        Assert.All((string[])["ESTABLISHED", "[ASSURED]", "[UNREPLIED]", "PolicyDrop", "MARK", "MASQUERADE"], word => Assert.Contains(word, run.Seen, StringComparison.Ordinal));
        Assert.True(run.UniformTables is > 4 and < 36, $"Some tables let runs go on and some do not: {run.UniformTables} of 40.");
    }

    /// <summary>Two routers in a row that filter; every 200 ms one of them gets another table, forgets its connections, or nothing.</summary>
    private static Outcome Run(int seed, AddressFamily family, bool tapped)
    {
        using EmulatedNetwork network = new();
        FlowSender.Side[] sides = [FlowSender.Side.Client, FlowSender.Side.Server];
        bool isIPv6 = family == AddressFamily.IPv6;
        string Address(int link, int host) => isIPv6 ? $"fd00:{link}::{host}/64" : $"10.0.{link}.{host}/24";
        string Gateway(int link, int host) => isIPv6 ? $"fd00:{link}::{host}" : $"10.0.{link}.{host}";
        Node[] ends = [network.Host("client"), network.Host("server")];
        Node[] routers = [network.Router("r0"), network.Router("r1")];
        LinkOptions options = new() { RateBitsPerSecond = 1_000_000_000, QueueLimit = 100 };
        network.Join(ends[0], Address(0, 2), routers[0], Address(0, 1), options);
        network.Join(routers[0], Address(1, 1), routers[1], Address(1, 2), options);
        network.Join(ends[1], Address(2, 2), routers[1], Address(2, 1), options);
        string clients = isIPv6 ? "2001:db8:c::/48" : "30.0.0.0/8";
        string servers = isIPv6 ? "2001:db8:5::/48" : "20.0.0.0/8";
        EmulatedNetwork.Route(routers[0], clients, Gateway(0, 2));
        EmulatedNetwork.Route(routers[0], servers, Gateway(1, 2));
        EmulatedNetwork.Route(routers[1], clients, Gateway(1, 1));
        EmulatedNetwork.Route(routers[1], servers, Gateway(2, 2));
        EmulatedNetwork.Route(routers[1], isIPv6 ? "fd00::/64" : "10.0.0.0/24", Gateway(1, 1));
        foreach (NetDevice device in routers.SelectMany(r => r.Root.Devices).Where(_ => tapped))
        {
            device.AddTap(new Blind());
        }

        foreach (Node router in routers)
        {
            Restore(router.Root, family, Tables[0]);
            ConntrackSettings settings = router.Root.WritableSettings.Conntrack;
            (settings.Udp, settings.UdpStream, settings.Icmp) = (1, 3, 1);
            settings.Set(TcpConnectionState.Established, 1);
            settings.Set(TcpConnectionState.SynReceived, 2);
        }

        for (int i = 0; i < 2; i++)
        {
            EthernetDevice uplink = (EthernetDevice)ends[i].Root.FindDevice("eth0")!;
            FlowSender sender = new(ends[i], uplink, sides[i], family, new RandomSource(seed, $"established-run/{i}"));
            ends[i].Schedule(sender, SimTime.Zero + Duration.FromMilliseconds(1 + i));
        }

        StringBuilder seen = new();
        int uniform = 0;
        RandomSource random = new(seed, "established-run");
        for (int i = 0; i < 40; i++)
        {
            network.Emulation.AtBarrier(SimTime.Zero + Duration.FromMilliseconds(200 * i), () =>
            {
                NetworkNamespace space = routers[random.NextBelow(2)].Root;
                Restore(space, family, Tables[random.NextBelow(Tables.Length)]);
                uniform += space.Hooks!.Established(family) is null ? 0 : 1;
                if (random.NextChance(1, 10))
                {
                    space.Netfilter.Connections.Clear();
                }

                Describe(network.Emulation, routers, family, seen);
            });
        }

        network.Run(Duration.FromMilliseconds(8100));
        Describe(network.Emulation, routers, family, seen);
        return new Outcome(network.Emulation.ComputeHash(), seen.ToString(), uniform);
    }

    private static void Restore(NetworkNamespace space, AddressFamily family, string tables)
    {
        string input = tables.Replace("SERVER", family == AddressFamily.IPv4 ? "20.0.0.4" : "[2001:db8:5::4]", StringComparison.Ordinal);
        Assert.Equal(string.Empty, IptablesRestore.Run(space.Netfilter, family, input).Error);
    }

    /// <summary>Everything that can be seen of the routers.</summary>
    private static void Describe(Emulation emulation, IEnumerable<Node> routers, AddressFamily family, StringBuilder seen)
    {
        seen.Append($"{emulation.Now} {string.Join(' ', emulation.Frames.Accounting.Drops().Select(d => $"{d.Key}={d.Value}"))}\n");
        foreach (NetworkNamespace space in routers.Select(r => r.Root))
        {
            ConnectionTable connections = space.Netfilter.Connections;
            seen.Append($"{connections.Count} connections, {connections.Found} found\n");
            seen.Append(ConnectionText.List(connections, family, emulation.Now));
            seen.Append(TableText.Save(space.Netfilter, family, counters: true));
            foreach (NetDevice device in space.Devices)
            {
                seen.Append($"{device.QualifiedName} {device.Counters.ReceivedPackets} {device.Counters.ReceivedBytes} {device.Counters.ReceiveDropped} "
                    + $"{device.Counters.TransmittedPackets} {device.Counters.TransmittedBytes} {device.Counters.TransmitDropped}\n");
            }
        }
    }

    private sealed record Outcome(ulong Hash, string Seen, int UniformTables);

    private sealed class Blind : IFrameTap
    {
        public void Seen(Frame frame, NetDevice device, bool outgoing)
        {
        }
    }
}
