using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;

namespace Netemu.Topologies.Experiments.Labs;

/// <summary>
/// Where the machines of a cluster stand: in racks of twenty, each a switch and a router in one box, joined by one core
/// router; or all on one flat segment.
/// </summary>
/// <remarks>
/// <code>
/// node - rack router (bridge br0, 10.R.0.1/24) - core router - rack router - node
/// </code>
/// </remarks>
internal static class Racks
{
    public const int NodesPerRack = 20;

    /// <summary>The most racks: one number of the address each.</summary>
    public const int MaximumRacks = 250;

    private const int FirstHost = 10;
    private const int RackBits = 24;
    private const int FlatBits = 16;
    private static readonly LinkOptions s_link = LinkOptions.Default with { Delay = Duration.FromMicroseconds(50) };

    /// <summary>The address of a machine: rack by rack, or one after the other.</summary>
    public static IPv4Address AddressOf(int index, bool flat) => flat
        ? new IPv4Address(10, 0, 0, 0).Add(FirstHost + index)
        : new IPv4Address(10, (byte)(index / NodesPerRack), 0, (byte)(FirstHost + (index % NodesPerRack)));

    /// <summary>Plugs in machines that have been added to the laboratory, in their order.</summary>
    public static void Connect(EmulatedLab lab, bool flat)
    {
        if (flat)
        {
            BridgeDevice segment = AddBridge(lab.Emulation.AddNode("switch"));
            for (int i = 0; i < lab.Speakers.Count; i++)
            {
                PlugIn(lab, segment, i, flat: true);
            }

            return;
        }

        Node core = lab.Emulation.AddNode("core");
        core.Root.SetForwarding(true);
        BridgeDevice? rack = null;
        for (int i = 0; i < lab.Speakers.Count; i++)
        {
            if (i % NodesPerRack == 0)
            {
                rack = AddRack(lab.Emulation, core, i / NodesPerRack);
            }

            PlugIn(lab, rack!, i, flat: false);
        }
    }

    private static BridgeDevice AddRack(Emulation emulation, Node core, int number)
    {
        Node router = emulation.AddNode($"rack{number}");
        router.Root.SetForwarding(true);
        BridgeDevice bridge = AddBridge(router);
        IPv4Address subnet = new(10, (byte)number, 0, 0);
        router.Root.IPv4.AddAddress(bridge, new InterfaceAddress<IPv4Address>(subnet.Add(1), RackBits));
        IPv4Address transfer = new(192, 168, (byte)number, 0);
        EthernetDevice up = new(router.Root, "up");
        EthernetDevice down = new(core.Root, $"rack{number}");
        router.Root.IPv4.AddAddress(up, new InterfaceAddress<IPv4Address>(transfer.Add(2), 30));
        core.Root.IPv4.AddAddress(down, new InterfaceAddress<IPv4Address>(transfer.Add(1), 30));
        up.SetUp(true);
        down.SetUp(true);
        emulation.Connect(up, down, s_link);
        AddRoute(router, Prefix<IPv4Address>.Default, up, transfer.Add(1));
        AddRoute(core, new Prefix<IPv4Address>(subnet, RackBits), down, transfer.Add(2));
        return bridge;
    }

    private static void PlugIn(EmulatedLab lab, BridgeDevice bridge, int index, bool flat)
    {
        LabSpeaker speaker = lab.Speakers[index];
        IPv4Address address = AddressOf(index, flat);
        EthernetDevice device = new(speaker.Node!.Root, "eth0");
        EthernetDevice port = new(bridge.Namespace, $"p{index}");
        port.SetUp(true);
        bridge.AddPort(port);
        speaker.SetUp = node =>
        {
            if (node.Root.FindDevice("eth0") is null)
            {
                node.Root.Readopt(device, "eth0");
            }

            node.Root.IPv4.AddAddress(device, new InterfaceAddress<IPv4Address>(address, flat ? FlatBits : RackBits));
            device.SetUp(true);
            if (!flat)
            {
                AddRoute(node, Prefix<IPv4Address>.Default, device, new IPv4Address(10, (byte)(index / NodesPerRack), 0, 1));
            }
        };
        speaker.SetUp(speaker.Node);
        lab.Emulation.Connect(device, port, s_link);
    }

    private static BridgeDevice AddBridge(Node node)
    {
        BridgeDevice bridge = new(node.Root, "br0");
        bridge.SetUp(true);
        return bridge;
    }

    private static void AddRoute(Node node, Prefix<IPv4Address> prefix, NetDevice device, IPv4Address gateway) =>
        node.Root.IPv4.Routes.Add(new Route<IPv4Address>
        {
            Prefix = prefix,
            NextHop = new NextHop<IPv4Address>(device, gateway, hasGateway: true),
        });
}
