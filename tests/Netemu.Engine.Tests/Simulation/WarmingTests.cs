using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Simulation;
using Netemu.Engine.Tests.Tcp;

namespace Netemu.Engine.Tests.Simulation;

/// <summary>Networks large enough that what a window needs is read ahead: nothing that can be seen depends on it.</summary>
public sealed class WarmingTests
{
    private const ushort Port = 179;
    private const int Pairs = 140;

    [Theory]
    [InlineData(ShardOrder.Reversed)]
    [InlineData(ShardOrder.Shuffled)]
    public void A_large_network_runs_alike_in_any_order_of_its_shards(ShardOrder order) =>
        Assert.Equal(Run(ShardOrder.Declared), Run(order));

    /// <summary>Pairs of hosts: most connect and talk, some find a closed port, some get frames too short for any header.</summary>
    private static ulong Run(ShardOrder order)
    {
        Emulation emulation = new(EmulationOptions.Default with { ShardOrder = order });
        List<StreamRecorder> servers = [];
        for (int i = 0; i < Pairs; i++)
        {
            EthernetDevice client = Host(emulation, $"c{i}", "10.0.0.1");
            EthernetDevice server = Host(emulation, $"s{i}", "10.0.0.2");
            emulation.Connect(client, server, LinkOptions.Default);
            int kind = i % 4;
            emulation.AtBarrier(SimTime.Zero + Duration.FromMilliseconds(1), () =>
            {
                if (kind == 3)
                {
                    client.Transmit(emulation.Frames.Rent(new byte[3]));
                }
            });
            if (kind != 0)
            {
                StreamRecorder owner = new();
                server.Node.Root.Tcp.Listen(default, Port, owner, out _);
                servers.Add(owner);
            }

            StreamRecorder speaker = new() { Connected = static stream => stream.Write(TcpPair.Pattern(2_000)) };
            client.Node.Root.Tcp.Connect(InternetAddress.Parse("10.0.0.2"), Port, StreamOptions.Default, speaker);
        }

        emulation.RunUntil(SimTime.Zero + Duration.FromSeconds(2));
        Assert.All(servers, static server => Assert.Equal(TcpPair.Pattern(2_000), server.Received));
        Assert.Equal(emulation.CountHeldFrames(), emulation.Frames.Outstanding);
        return emulation.ComputeHash();
    }

    private static EthernetDevice Host(Emulation emulation, string name, string address)
    {
        EthernetDevice device = new(emulation.AddNode(name).Root, "eth0");
        device.Node.Root.IPv4.AddAddress(device, new InterfaceAddress<IPv4Address>(IPv4Address.Parse(address), 24));
        device.SetUp(true);
        return device;
    }
}
