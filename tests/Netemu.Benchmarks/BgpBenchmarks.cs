using BenchmarkDotNet.Attributes;
using Netemu.Bgp.Scenarios;

namespace Netemu.Benchmarks;

/// <summary>BGP per prefix and per network; `netemu bench bgp-...` reports the same in one go.</summary>
[MemoryDiagnoser]
public class BgpBenchmarks
{
    private const int MessagesPerRun = 16;

    private readonly DecodeScenario _decode = new();

    /// <summary>A prefix of a packed UPDATE: framed, attributes found, prefix known by its id.</summary>
    [Benchmark(OperationsPerInvoke = MessagesPerRun * DecodeScenario.PrefixesPerMessage)]
    public long DecodedPrefix() => _decode.Run().Sum;

    /// <summary>A full mesh of 100 speakers with 10 prefixes each, from power-on, on the pipe.</summary>
    [Benchmark]
    public bool MeshOf100() => new MeshScenario(100, 10).RunToConvergence();

    /// <summary>A reflector and 300 clients with 20 prefixes each, from power-on, on the pipe.</summary>
    [Benchmark]
    public bool ReflectorWith300Clients() => new ReflectorScenario(300, 20).RunToConvergence();
}
