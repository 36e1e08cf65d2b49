using System;
using Netemu.Bgp.Scenarios;
using Netemu.Engine.Benchmarks;
using Netemu.Topologies.Experiments;

namespace Netemu.Cli.Commands;

/// <summary>The benchmarks of BGP: an operation is a prefix decoded, or an UPDATE parsed by its receiver.</summary>
internal static class BgpBenches
{
    public static BenchFigures Decode(Func<long> clock, long budget)
    {
        DecodeScenario scenario = new();
        long sum = 0;
        long prefixes = 0;
        for (int i = 0; i < 2_000; i++)
        {
            sum += scenario.Run().Sum;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = clock();
        long now = start;
        while (now - start < budget)
        {
            for (int i = 0; i < 100; i++)
            {
                (long count, long part) = scenario.Run();
                prefixes += count;
                sum += part;
            }

            now = clock();
        }

        return new BenchFigures("bgp-decode", prefixes, now - start, GC.GetAllocatedBytesForCurrentThread() - allocated, (ulong)sum);
    }

    /// <summary>A full mesh on the pipe; <c>AllocatedBytes</c> is what is live in the end.</summary>
    public static BenchFigures Mesh(int nodes, int prefixes, Func<long> clock)
    {
        new MeshScenario(Math.Min(nodes, 60), prefixes).RunToConvergence();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        QuietHeap.Begin();
        long start = clock();
        MeshScenario mesh = new(nodes, prefixes);
        bool converged = mesh.RunToConvergence();
        long end = clock();
        return Figures("bgp-mesh", converged, mesh.CountUpdates(), end - start, before, mesh);
    }

    /// <summary>The same over emulated TCP, in racks of 20 behind routers.</summary>
    public static BenchFigures TcpMesh(int nodes, int prefixes, Func<long> clock)
    {
        new TcpMeshScenario(Math.Min(nodes, 60), prefixes).RunToConvergence();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        QuietHeap.Begin();
        long start = clock();
        TcpMeshScenario mesh = new(nodes, prefixes);
        bool converged = mesh.RunToConvergence();
        long end = clock();
        return Figures("bgp-mesh-tcp", converged, mesh.Updates, end - start, before, mesh) with { Hash = mesh.Hash };
    }

    /// <summary>One reflector and its clients on the pipe.</summary>
    public static BenchFigures Reflector(int clients, int prefixes, Func<long> clock)
    {
        new ReflectorScenario(Math.Min(clients, 60), prefixes).RunToConvergence();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        QuietHeap.Begin();
        long start = clock();
        ReflectorScenario reflector = new(clients, prefixes);
        bool converged = reflector.RunToConvergence();
        long end = clock();
        return Figures("bgp-rr", converged, reflector.CountUpdates(), end - start, before, reflector);
    }

    private static BenchFigures Figures(string name, bool converged, long updates, long time, long before, object alive)
    {
        long live = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(alive);
        return converged
            ? new BenchFigures(name, updates, time, live, 0)
            : throw new InvalidOperationException($"{name} did not converge");
    }
}
