using System;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Xunit;

namespace Netemu.Testing;

/// <summary>A small network for a test. Its end checks the law of conservation: no frame is lost without a reason.</summary>
public sealed class EmulatedNetwork : IDisposable
{
    public EmulatedNetwork(EmulationOptions? options = null) => Emulation = new Emulation(options ?? EmulationOptions.Default);

    public Emulation Emulation { get; }

    public SimTime Now => Emulation.Now;

    /// <summary>
    /// A node with its loopback up. Its IPv6 addresses are good at once, unless duplicate address detection is asked for.
    /// </summary>
    public Node Host(string name, bool detectsDuplicates = false)
    {
        Node node = Emulation.AddNode(name);
        node.Root.WritableSettings.Default.AcceptDad = detectsDuplicates ? (byte)1 : (byte)0;
        node.Root.Loopback.SetUp(true);
        return node;
    }

    /// <summary>A host that forwards.</summary>
    public Node Router(string name, bool detectsDuplicates = false)
    {
        Node node = Host(name, detectsDuplicates);
        node.Root.SetForwarding(true);
        node.Root.SetForwardingIPv6(true);
        return node;
    }

    /// <summary>Joins two nodes: a new device on each, with an address if one is given, up.</summary>
    public Link Join(Node left, string leftAddress, Node right, string rightAddress, LinkOptions? options = null, int mtu = 1500)
    {
        EthernetDevice a = Device(left, leftAddress, mtu);
        EthernetDevice b = Device(right, rightAddress, mtu);
        return Emulation.Connect(a, b, options ?? LinkOptions.Default);
    }

    /// <summary>A device named eth0, eth1, ... that is up and has the address (none if empty).</summary>
    public static EthernetDevice Device(Node node, string address, int mtu = 1500)
    {
        EthernetDevice device = new(node.Root, $"eth{node.Root.Devices.Count - 1}", mtu);
        AddAddress(node.Root, device, address);
        device.SetUp(true);
        return device;
    }

    public static void AddAddress(NetworkNamespace space, NetDevice device, string address)
    {
        if (InterfaceAddress<IPv4Address>.TryParse(address, out InterfaceAddress<IPv4Address> v4))
        {
            space.IPv4.AddAddress(device, v4);
        }
        else if (InterfaceAddress<IPv6Address>.TryParse(address, out InterfaceAddress<IPv6Address> v6))
        {
            space.IPv6.AddAddress(device, v6);
        }
    }

    /// <summary>ip route add PREFIX via GATEWAY [dev DEVICE]; of the gateway's family.</summary>
    public static void Route(Node node, string prefix, string gateway, string? device = null)
    {
        if (IPv6Address.TryParse(gateway, out IPv6Address router))
        {
            NetDevice? link = device is null ? node.Root.IPv6.Routes.Resolve(router)?.NextHop.Device : node.Root.FindDevice(device);
            Assert.True(node.Root.IPv6.Routes.Add(new Route<IPv6Address>
            {
                Prefix = Prefix<IPv6Address>.Parse(prefix == "default" ? "::/0" : prefix),
                Metric = 1024,
                NextHop = new NextHop<IPv6Address>(link, router, hasGateway: true),
            }));
            return;
        }

        IPv4Address via = IPv4Address.Parse(gateway);
        NetDevice? way = device is null ? node.Root.IPv4.Routes.Resolve(via)?.NextHop.Device : node.Root.FindDevice(device);
        Assert.True(node.Root.IPv4.Routes.Add(new Route<IPv4Address>
        {
            Prefix = Prefix<IPv4Address>.Parse(prefix == "default" ? "0.0.0.0/0" : prefix),
            NextHop = new NextHop<IPv4Address>(way, via, hasGateway: true),
        }));
    }

    /// <summary>A route without a next hop: unreachable, prohibit, blackhole, throw.</summary>
    public static void Route(Node node, string prefix, RouteType type) =>
        Assert.True(node.Root.IPv4.Routes.Add(new Route<IPv4Address>
        {
            Prefix = Prefix<IPv4Address>.Parse(prefix),
            Type = type,
            NextHop = new NextHop<IPv4Address>(null, default, hasGateway: false),
        }));

    /// <summary>Does something a number of times, the first time at <paramref name="first"/>, by a timer of the node.</summary>
    public static void Repeat(Node node, SimTime first, Duration interval, int times, Action action)
    {
        int done = 0;
        CallbackTimer? timer = null;
        timer = new CallbackTimer(() =>
        {
            action();
            if (++done < times)
            {
                node.Schedule(timer!, node.Now + interval);
            }
        });
        node.Schedule(timer, first);
    }

    public void Run(Duration duration) => Emulation.RunUntil(Emulation.Now + duration);

    public void RunSeconds(long seconds) => Run(Duration.FromSeconds(seconds));

    public void Dispose() => Assert.Equal(Emulation.Frames.Outstanding, Emulation.CountHeldFrames());
}
