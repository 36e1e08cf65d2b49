using BenchmarkDotNet.Attributes;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Engine.Benchmarks;
using Netemu.Engine.Routing.Lpm;

namespace Netemu.Benchmarks;

/// <summary>Lookups and changes in tables of an Internet-like mix; <see cref="LpmScenario"/> reports the same in one go.</summary>
[MemoryDiagnoser]
[GenericTypeArguments(typeof(IPv4Address))]
[GenericTypeArguments(typeof(IPv6Address))]
public class LongestPrefixMatchBenchmarks<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    private const int AddressCount = 1 << 16;

    private LongestPrefixMatch<TAddress> _table = new();
    private Prefix<TAddress>[] _prefixes = [];
    private TAddress[] _addresses = [];
    private int _next;

    [Params(4, 1_000, 100_000, 1_000_000)]
    public int Prefixes { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        RandomSource random = new(1, "bench/lpm");
        _prefixes = PrefixMix.Draw<TAddress>(Prefixes, random);
        _table = new LongestPrefixMatch<TAddress>();
        foreach (Prefix<TAddress> prefix in _prefixes)
        {
            _table.Set(prefix, (int)random.NextBelow(256));
        }

        _addresses = new TAddress[AddressCount];
        for (int i = 0; i < AddressCount; i++)
        {
            _addresses[i] = PrefixMix.DrawInside(_prefixes[random.NextBelow(Prefixes)], random);
        }
    }

    [Benchmark(OperationsPerInvoke = AddressCount)]
    public int Lookup()
    {
        int sum = 0;
        foreach (TAddress address in _addresses)
        {
            sum += _table.Lookup(address);
        }

        return sum;
    }

    /// <summary>A withdrawal and an announcement, each followed by the lookup that applies it.</summary>
    [Benchmark(OperationsPerInvoke = 2)]
    public int Update()
    {
        Prefix<TAddress> prefix = _prefixes[_next++ % _prefixes.Length];
        int value = _table.Remove(prefix);
        int without = _table.Lookup(prefix.Address);
        _table.Set(prefix, value);
        return without + _table.Lookup(prefix.Address);
    }
}
