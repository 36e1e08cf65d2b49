using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Netfilter.Sets;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Benchmarks;

/// <summary>
/// A chain of eight routers that filter 1,024 flows of 64-byte frames. The cost of policy per hop is the difference of
/// <see cref="BenchFigures.NanosecondsEach"/> to the same chain with <see cref="PolicyVariant.None"/>.
/// </summary>
public sealed class PolicyScenario
{
    private const int ChainLength = 8;
    private const int Flows = 1024;
    private const int InFlight = 512;

    private readonly Emulation _emulation = new(EmulationOptions.Default);
    private readonly FrameSink _sink = new();
    private readonly List<PacketFilter> _filters = [];
    private readonly PolicyVariant _variant;
    private readonly int _rules;

    public PolicyScenario(PolicyVariant variant, int rules)
    {
        _variant = variant;
        _rules = rules;
        RouterChain chain = new(_emulation, "", ChainLength, _sink, (number, router, right) =>
        {
            RouterChain.AddRoute(number, router, right, Prefix<IPv4Address>.Parse("20.0.0.0/8"));
            Configure(router.Root.Netfilter);
        });
        IPv4Address[] destinations = new IPv4Address[Flows];
        for (int i = 0; i < Flows; i++)
        {
            destinations[i] = new IPv4Address((uint)(0x1400_0000 + i));
        }

        chain.Send(destinations, InFlight / 32, new Duration(RouterChain.LinkDelay.Nanoseconds * (ChainLength + 1) / 32));
    }

    /// <summary>Runs for a warm-up and then until the clock has advanced by <paramref name="budget"/> nanoseconds.</summary>
    public BenchFigures Run(Func<long> clock, long budget)
    {
        _emulation.RunUntil(SimTime.Zero + Duration.FromMilliseconds(50));
        foreach (PacketFilter filter in _filters)
        {
            // As if the other side had answered: the sink does not.
            foreach (Connection connection in filter.Connections.All())
            {
                connection.Status |= ConnectionStatus.SeenReply | ConnectionStatus.Assured;
            }
        }

        BenchMeter meter = new(
            $"policy {_variant} {_rules}", _emulation, RouterChain.LinkDelay * (ChainLength + 1), () => _sink.Count * ChainLength, clock);
        meter.Measure(budget / 4);
        return meter.Measure(budget);
    }

    private void Configure(PacketFilter filter)
    {
        if (_variant == PolicyVariant.None)
        {
            return;
        }

        _filters.Add(filter);
        RandomSource random = new(1, "bench/policy");
        List<Rule> rules = [];
        if (_variant == PolicyVariant.Established)
        {
            rules.Add(new Rule { Matches = [new RuleMatch.State(ConnectionStates.Established)], Target = new RuleTarget.Accept() });
        }

        if (_variant == PolicyVariant.Set)
        {
            filter.Sets.Create("peers", SetType.HashIP, AddressFamily.IPv4, out IPSet set, maximumElements: _rules);
            for (int i = 0; i < _rules; i++)
            {
                set.Add(new InternetAddress(new IPv4Address((uint)(0x1400_0000 + i))));
            }

            rules.Add(new Rule
            {
                Matches = [new RuleMatch.Set("peers", [SetDirection.Destination], Negated: true)],
                Target = new RuleTarget.Drop(),
            });
        }
        else
        {
            for (int i = 1; i < _rules; i++)
            {
                rules.Add(Random(random));
            }
        }

        rules.Add(new Rule { Target = new RuleTarget.Accept() });
        TableError? error = filter.ReplaceTable(AddressFamily.IPv4, TableName.Filter, [new Chain("FORWARD", [.. rules])]);
        if (error is not null)
        {
            throw new InvalidOperationException($"{error}");
        }
    }

    /// <summary>A rule that no packet of the run matches: other networks, mostly one port, some ranges.</summary>
    private static Rule Random(RandomSource random)
    {
        int port = (int)random.NextBetween(1, 60_000);
        PortRange ports = random.NextChance(1, 10) ? new PortRange((ushort)port, (ushort)(port + 100)) : PortRange.Of(port);
        int length = random.NextChance(1, 2) ? 32 : 24;
        return new Rule
        {
            Matches =
            [
                new RuleMatch.Destination(new InternetPrefix(new IPv4Address(0x1E00_0000 + (uint)random.NextBelow(1 << 24)), length)),
                new RuleMatch.Protocol(IPProtocol.Udp),
                new RuleMatch.DestinationPort(ports),
            ],
            Target = new RuleTarget.Drop(),
        };
    }
}
