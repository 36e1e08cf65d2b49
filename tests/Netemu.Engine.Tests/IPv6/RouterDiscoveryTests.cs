using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Bridging;
using Netemu.Engine.IPv6;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.IPv6;

/// <summary>Router advertisements and the addresses made from them (RFC 4861 section 6, RFC 4862 section 5.5).</summary>
public sealed class RouterDiscoveryTests
{
    private static readonly Prefix<IPv6Address> Prefix = Prefix<IPv6Address>.Parse("2001:db8:1::/64");

    [Fact]
    public void A_host_makes_an_address_from_its_mac_and_takes_the_router_as_default()
    {
        using EmulatedNetwork network = new();
        (Node router, Node host, _) = Build(network, new RouterAdvertiserOptions { Prefixes = [new AdvertisedPrefix(Prefix)], Mtu = 1400 });
        network.RunSeconds(8);
        DeviceAddress<IPv6Address> made = host.Root.IPv6.Addresses.Single(a => a.IsAutomatic);
        Assert.Equal(new IPv6Address(Prefix.Address.High, host.Device("eth0").Mac.ToEui64()), made.Address);
        Assert.False(made.IsTentative);
        Route<IPv6Address> route = host.Root.IPv6.Routes.Main.Find(Prefix<IPv6Address>.Default)!;
        Assert.Equal(RouteProtocol.RouterAdvertisement, route.Protocol);
        Assert.Equal(IPv6Address.Parse(router.LinkLocal("eth0")), route.NextHop.Gateway);
        Assert.Equal(1024u, route.Metric);
        Assert.Equal(1400, IPv6Stack.InterfaceOf(host.Device("eth0"))!.Mtu);
        Assert.Equal(0, host.Root.IPv6.Pending + router.Root.IPv6.Pending);

        PingRecorder ping = new(host);
        ping.Send("2001:db8:2::1");
        network.RunSeconds(1);
        Assert.Equal(["reply 2001:db8:2::1 ttl=64"], ping.Answers);
    }

    [Fact]
    public void An_address_is_deprecated_after_its_preferred_lifetime_and_gone_after_the_valid_one()
    {
        using EmulatedNetwork network = new();
        (Node _, Node host, RouterAdvertiser advertiser) = Build(
            network,
            new RouterAdvertiserOptions
            {
                Prefixes = [new AdvertisedPrefix(Prefix) { PreferredLifetime = 20, ValidLifetime = 40 }],
                Lifetime = Duration.FromSeconds(30),
            });
        network.RunSeconds(8);
        network.Emulation.AtBarrier(network.Now, advertiser.Stop);
        network.RunSeconds(1);
        Assert.Null(host.Root.IPv6.Routes.Main.Find(Prefix<IPv6Address>.Default));
        network.RunSeconds(20);
        Assert.True(host.Root.IPv6.Addresses.Single(a => a.IsAutomatic).IsDeprecated);
        network.RunSeconds(20);
        Assert.DoesNotContain(host.Root.IPv6.Addresses, a => a.IsAutomatic);
        Assert.Null(host.Root.IPv6.Routes.Main.Find(Prefix));
    }

    [Fact]
    public void The_rest_of_a_life_of_less_than_two_hours_is_not_taken_away()
    {
        using EmulatedNetwork network = new();
        (Node router, Node host, RouterAdvertiser first) = Build(
            network, new RouterAdvertiserOptions { Prefixes = [new AdvertisedPrefix(Prefix)] });
        network.RunSeconds(8);
        network.Emulation.AtBarrier(network.Now, () =>
        {
            first.Stop();
            RouterAdvertiser.Start(
                router.Root.IPv6,
                router.Device("eth0"),
                new RouterAdvertiserOptions { Prefixes = [new AdvertisedPrefix(Prefix) { PreferredLifetime = 0, ValidLifetime = 0 }] });
        });
        network.RunSeconds(3);
        DeviceAddress<IPv6Address> address = host.Root.IPv6.Addresses.Single(a => a.IsAutomatic);
        Assert.InRange((address.ValidUntil - network.Now).Nanoseconds / 1_000_000_000, 7190, 7200);
        Assert.True(address.PreferredUntil <= network.Now);
    }

    [Fact]
    public void A_router_itself_takes_no_address_unless_accept_ra_is_two()
    {
        using EmulatedNetwork network = new();
        (Node router, Node host, _) = Build(network, new RouterAdvertiserOptions { Prefixes = [new AdvertisedPrefix(Prefix)] }, hostForwards: true);
        network.RunSeconds(20);
        Assert.DoesNotContain(host.Root.IPv6.Addresses, a => a.IsAutomatic);
        network.Emulation.AtBarrier(
            network.Now, () => Assert.Equal(
                Namespaces.SysctlError.None, Namespaces.SysctlTable.TryWrite(host.Root, "net.ipv6.conf.eth0.accept_ra", "2")));
        network.RunSeconds(600);
        Assert.Contains(host.Root.IPv6.Addresses, a => a.IsAutomatic);
        Assert.NotNull(router);
    }

    [Fact]
    public void A_prefix_of_another_length_makes_no_address_and_autoconf_off_none_at_all()
    {
        using EmulatedNetwork network = new();
        (Node _, Node host, _) = Build(
            network, new RouterAdvertiserOptions { Prefixes = [new AdvertisedPrefix(Prefix<IPv6Address>.Parse("2001:db8:1::/56"))] });
        network.RunSeconds(8);
        Assert.DoesNotContain(host.Root.IPv6.Addresses, a => a.IsAutomatic);
        Assert.NotNull(host.Root.IPv6.Routes.Main.Find(Prefix<IPv6Address>.Parse("2001:db8:1::/56")));
    }

    [Fact]
    public void Solicitations_grow_apart_while_nobody_answers()
    {
        using EmulatedNetwork network = new();
        Node host = network.Host("h", detectsDuplicates: true);
        network.Join(host, "2001:db8::1/64", network.Host("x"), string.Empty);
        FrameRecorder frames = new(host.Device("eth0"));
        network.RunSeconds(120);
        SimTime[] times = [.. frames.Sent.Where(f => IPv6Lab.MessageOf(f)[0] == 133).Select(f => f.Time)];
        Assert.InRange(times.Length, 5, 6);
        Assert.InRange((times[1] - times[0]).Milliseconds, 3600, 4400);
        Assert.InRange((times[2] - times[1]).Milliseconds, 6800, 9300);
    }

    [Fact]
    public void An_unreachable_default_router_comes_after_the_other_one()
    {
        using EmulatedNetwork network = new();
        Node host = network.Host("h");
        Node bridge = network.Host("sw");
        BridgeDevice lan = new(bridge.Root, "br0");
        lan.SetUp(true);
        Node[] routers = [network.Router("r1"), network.Router("r2")];
        foreach (Node node in routers.Append(host))
        {
            network.Join(node, string.Empty, bridge, string.Empty);
            lan.AddPort(bridge.Root.Devices[^1]);
            node.Root.IPv6.Enable();
        }

        network.RunSeconds(3);
        foreach (Node router in routers)
        {
            network.Emulation.AtBarrier(
                network.Now, () => RouterAdvertiser.Start(
                    router.Root.IPv6, router.Device("eth0"), new RouterAdvertiserOptions { Prefixes = [new AdvertisedPrefix(Prefix)] }));
        }

        network.RunSeconds(5);
        IPv6Address chosen = host.Root.IPv6.Routes.Main.Find(Prefix<IPv6Address>.Default)!.NextHop.Gateway;
        Node first = routers.Single(r => IPv6Address.Parse(r.LinkLocal("eth0")) == chosen);
        network.Emulation.AtBarrier(network.Now, () => first.Root.WritableSettingsOf(first.Device("eth0")).DisableIPv6 = true);
        network.Emulation.AtBarrier(network.Now, () => first.Root.IPv6.DeviceStateChanged(first.Device("eth0")));
        PingRecorder ping = new(host);
        ping.Send("2001:db8:99::1");
        network.RunSeconds(20);
        Assert.NotEqual(chosen, host.Root.IPv6.Routes.Main.Find(Prefix<IPv6Address>.Default)!.NextHop.Gateway);
    }

    private static (Node Router, Node Host, RouterAdvertiser Advertiser) Build(
        EmulatedNetwork network, RouterAdvertiserOptions options, bool hostForwards = false)
    {
        Node router = network.Router("r", detectsDuplicates: true);
        Node host = hostForwards ? network.Router("h", detectsDuplicates: true) : network.Host("h", detectsDuplicates: true);
        network.Join(router, "2001:db8:1::1/64", host, string.Empty);
        EmulatedNetwork.Device(router, "2001:db8:2::1/64");
        network.Join(router, "2001:db8:2::1/64", network.Host("far"), string.Empty);
        host.Root.IPv6.Enable();
        RouterAdvertiser advertiser = RouterAdvertiser.Start(router.Root.IPv6, router.Device("eth0"), options);
        return (router, host, advertiser);
    }
}
