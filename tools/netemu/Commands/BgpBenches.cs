using System;
using Netemu.Bgp.Scenarios;
using Netemu.Engine.Benchmarks;
using Netemu.Topologies.Experiments;

namespace Netemu.Cli.Commands;

/// <summary>The benchmarks of BGP: an operation is a prefix decoded, or an UPDATE parsed by its receiver.</summary>
internal static class BgpBenches
{
    // Somewhat more than the end of a session in a mesh takes, and a route there.
    private const long SideBytes = 320;
    private const long RouteBytes = 6;

    private const int WarmUpNodes = 60;
    private const long WarmUpNanoseconds = 1_000_000_000;

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
    public static BenchFigures Mesh(int nodes, int prefixes, Func<long> clock) =>
        OnPipe("bgp-mesh", count => new MeshScenario(count, prefixes), nodes, (long)nodes * nodes * (SideBytes + (RouteBytes * prefixes)), clock);

    /// <summary>One reflector and its clients on the pipe.</summary>
    public static BenchFigures Reflector(int clients, int prefixes, Func<long> clock) =>
        OnPipe("bgp-rr", count => new ReflectorScenario(count, prefixes), clients, 0, clock);

    /// <summary>The same over emulated TCP, in racks of 20 behind routers.</summary>
    public static BenchFigures TcpMesh(int nodes, int prefixes, Func<long> clock)
    {
        WarmUp(() => new TcpMeshScenario(Math.Min(nodes, WarmUpNodes), prefixes).RunToConvergence(), clock);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        QuietHeap.Begin();
        long start = clock();
        TcpMeshScenario mesh = new(nodes, prefixes);
        bool converged = mesh.RunToConvergence();
        long end = clock();
        return Figures("bgp-mesh-tcp", converged, mesh.Updates, end - start, before, mesh) with { Hash = mesh.Hash };
    }

    private static BenchFigures OnPipe(string name, Func<int, PipeScenario> build, int count, long bytes, Func<long> clock)
    {
        WarmUp(() => build(Math.Min(count, WarmUpNodes)).RunToConvergence(), clock);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        QuietHeap.Begin(bytes);
        long start = clock();
        PipeScenario scenario = build(count);
        bool converged = scenario.RunToConvergence();
        long end = clock();
        return Figures(name, converged, scenario.CountUpdates(), end - start, before, scenario);
    }

    /// <summary>Small ones first, as in every benchmark here, until the runtime has compiled what the large one will use.</summary>
    private static void WarmUp(Func<bool> small, Func<long> clock)
    {
        long start = clock();
        while (clock() - start < WarmUpNanoseconds && small())
        {
        }
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
