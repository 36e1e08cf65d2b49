using System;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Benchmarks;

/// <summary>
/// Namespaces with a veth to a node's root, an address, and four routes in main and local each: how fast they are built and
/// how much memory one takes while idle.
/// </summary>
public static class NamespaceScenario
{
    private const int PerNode = 100;

    /// <summary>Builds <paramref name="count"/> namespaces; <c>AllocatedBytes</c> is what stays alive, per all of them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="clock">Real time.</param>
    /// <param name="begin">Called when the heap has been measured and the building is about to begin.</param>
    public static BenchFigures Run(int count, Func<long> clock, Action? begin = null)
    {
        Build(PerNode);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        begin?.Invoke();
        long start = clock();
        Emulation emulation = Build(count);
        long end = clock();
        long after = GC.GetTotalMemory(forceFullCollection: true);
        return new BenchFigures("namespaces", count, end - start, after - before, emulation.ComputeHash());
    }

    private static Emulation Build(int count)
    {
        Emulation emulation = new(EmulationOptions.Default);
        Node? node = null;
        for (int i = 0; i < count; i++)
        {
            if (i % PerNode == 0)
            {
                node = emulation.AddNode($"n{i / PerNode}");
            }

            NetworkNamespace space = node!.AddNamespace($"p{i}");
            (VethDevice inside, VethDevice outside) = VethDevice.CreatePair(space, "eth0", node.Root, $"v{i % PerNode}");
            IPv4Address address = new((uint)(0x0A00_0000 + (i * 4) + 2));
            space.Loopback.SetUp(true);
            space.IPv4.AddAddress(inside, new InterfaceAddress<IPv4Address>(address, 30));
            inside.SetUp(true);
            outside.SetUp(true);
            Prefix<IPv4Address>[] routes =
            [
                Prefix<IPv4Address>.Default,
                new Prefix<IPv4Address>(new IPv4Address(192, 168, 0, 0), 16),
                new Prefix<IPv4Address>(new IPv4Address(172, 16, 0, 0), 12),
                new Prefix<IPv4Address>(new IPv4Address(100, 64, 0, 0), 10),
            ];
            foreach (Prefix<IPv4Address> prefix in routes)
            {
                space.IPv4.Routes.Add(new Route<IPv4Address>
                {
                    Prefix = prefix,
                    NextHop = new NextHop<IPv4Address>(inside, address.Add(-1), hasGateway: true),
                });
            }
        }

        return emulation;
    }
}
