using System;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Benchmarks;

/// <summary>
/// Chains of a host, 16 routers with 1,250 prefixes each, and a sink (a TTL allows no chain of 2,048). 1,024 flows of 64-byte frames whose
/// destinations are zipf-distributed over the prefixes; links of 50 us with rate and queue; hooks, counters and hash on. The source paces
/// frames so that about <c>inFlight</c> of them are on their way at any moment.
/// </summary>
public sealed class ForwardingScenario
{
    /// <summary>Routers of one chain.</summary>
    public const int ChainLength = 16;

    private const int Prefixes = 1250;
    private const int Flows = 1024;

    private readonly Emulation _emulation = new(EmulationOptions.Default);
    private readonly FrameSink _sink = new();

    /// <summary>
    /// Builds as many chains as <paramref name="routers"/> need; <paramref name="inFlight"/> counts over all. Chains that are
    /// <paramref name="joined"/> can't be run one after the other, as those that nothing joins are.
    /// </summary>
    public ForwardingScenario(int routers, int inFlight, bool joined = false)
    {
        RandomSource random = new(1, "bench/forward");
        Prefix<IPv4Address>[] prefixes = new Prefix<IPv4Address>[Prefixes];
        for (int i = 0; i < Prefixes; i++)
        {
            prefixes[i] = new Prefix<IPv4Address>(new IPv4Address((uint)(0x1400_0000 + (i << 8))), 24);
        }

        int chains = routers / ChainLength;
        RouterChain? previous = null;
        for (int i = 0; i < chains; i++)
        {
            RouterChain chain = new(_emulation, $"{i}", ChainLength, _sink, (number, router, right) => Configure(number, router, right, prefixes));
            if (joined)
            {
                previous?.Join(chain);
            }

            previous = chain;
            chain.Send(Destinations(prefixes, random), PaceOf(inFlight / chains, out Duration interval), interval);
        }
    }

    /// <summary>Runs for a warm-up and then until the clock has advanced by <paramref name="budget"/> nanoseconds.</summary>
    public BenchFigures Run(Func<long> clock, long budget)
    {
        _emulation.RunUntil(SimTime.Zero + (RouterChain.LinkDelay * (4 * (ChainLength + 1))));
        BenchMeter meter = new("forward", _emulation, RouterChain.LinkDelay * (4 * (ChainLength + 1)), () => _sink.Count * ChainLength, clock);
        meter.Measure(budget);
        return meter.Measure(budget);
    }

    /// <summary>How many frames to send at once, and how often, so that <paramref name="inFlight"/> are on a chain.</summary>
    internal static int PaceOf(int inFlight, out Duration interval)
    {
        int ticks = Math.Min(inFlight, 16 * (ChainLength + 1));
        interval = new Duration(RouterChain.LinkDelay.Nanoseconds * (ChainLength + 1) / ticks);
        return inFlight / ticks;
    }

    private static void Configure(int number, Node router, EthernetDevice right, Prefix<IPv4Address>[] prefixes)
    {
        router.Root.WritableHooks();
        foreach (Prefix<IPv4Address> prefix in prefixes)
        {
            RouterChain.AddRoute(number, router, right, prefix);
        }
    }

    /// <summary>Where the flows go to: zipf-distributed over the prefixes.</summary>
    private static IPv4Address[] Destinations(Prefix<IPv4Address>[] prefixes, RandomSource random)
    {
        IPv4Address[] destinations = new IPv4Address[Flows];
        foreach (ref IPv4Address destination in destinations.AsSpan())
        {
            destination = prefixes[Zipf(random, prefixes.Length)].Address.Add(1 + random.NextBelow(254));
        }

        return destinations;
    }

    /// <summary>A rank with probability proportional to 1/rank, by inverting the harmonic sum in integers.</summary>
    internal static int Zipf(RandomSource random, int count)
    {
        long total = 0;
        for (int rank = 1; rank <= count; rank++)
        {
            total += 1_000_000_000L / rank;
        }

        long drawn = random.NextBelow(total);
        for (int rank = 1; rank <= count; rank++)
        {
            drawn -= 1_000_000_000L / rank;
            if (drawn < 0)
            {
                return rank - 1;
            }
        }

        return count - 1;
    }
}
