using BenchmarkDotNet.Attributes;
using Netemu.Topologies.Experiments;

namespace Netemu.Benchmarks;

/// <summary>A mesh whose sessions are TCP connections over emulated links.</summary>
[MemoryDiagnoser]
public class TcpMeshBenchmarks
{
    [Params(40, 100)]
    public int Nodes { get; set; }

    /// <summary>Racks of 20 nodes behind routers, one prefix a node, from power-on.</summary>
    [Benchmark]
    public bool Mesh() => new TcpMeshScenario(Nodes, 1).RunToConvergence();
}
