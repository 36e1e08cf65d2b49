using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Wire;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Netfilter.Evaluation;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Tests.Netfilter;

/// <summary>Random tables and packets: the compiled evaluation, with and without an index, against the plainest one.</summary>
public sealed class DifferentialTests
{
    private static readonly string[] Names = ["left", "right", "l+", "+", "other"];

    [Theory]
    [InlineData(5, AddressFamily.IPv4)]
    [InlineData(60, AddressFamily.IPv4)]
    [InlineData(300, AddressFamily.IPv4)]
    [InlineData(60, AddressFamily.IPv6)]
    public void Verdicts_and_counters_are_those_of_the_naive_evaluator(int rules, AddressFamily family)
    {
        for (int seed = 0; seed < 25; seed++)
        {
            using FilterLab lab = new();
            RandomSource random = new(seed, $"test/differential/{rules}/{family}");
            Chain[] chains =
            [
                new Chain("FORWARD", Rules(random, family, rules, ["a", "b"])) { Policy = random.NextChance(1, 2) ? ChainPolicy.Drop : ChainPolicy.Accept },
                new Chain("a", Rules(random, family, rules, ["b", "c"])),
                new Chain("b", Rules(random, family, rules, ["c"])),
                new Chain("c", Rules(random, family, rules, [])),
            ];
            Assert.Null(lab.Filter.ReplaceTable(family, TableName.Filter, chains));
            CompiledTable table = lab.Filter.Compiled(family, TableName.Filter)!;
            CompiledChain start = table.Base(HookPoint.Forward)!;
            Assert.Equal(rules >= TupleSpaceIndex.FewestRules, start.Index is not null);
            NaiveEvaluator naive = new(chains.ToDictionary(chain => chain.Name));

            for (int i = 0; i < 200; i++)
            {
                NaivePacket packet = Packet(random, family);
                Frame frame = Build(lab, packet, family);
                PacketView view = new(lab.Router, HookPoint.Forward, family, frame, lab.RouterLeft, lab.RouterRight);

                bool accepted = table.Evaluate(start, ref view, out _) == TableVerdict.Accept;

                Assert.Equal(naive.Accepts(packet), accepted);
                Assert.Equal(packet.Mark, frame.Mark);
                frame.Drop(DropReason.PolicyDrop);
            }

            foreach (Chain chain in chains)
            {
                for (int number = 1; number <= chain.Rules.Length; number++)
                {
                    Assert.Equal(
                        naive.Counts.GetValueOrDefault((chain.Name, number)),
                        lab.Filter.Counter(family, TableName.Filter, chain.Name, number).Packets);
                }
            }
        }
    }

    private static System.Collections.Immutable.ImmutableArray<Rule> Rules(
        RandomSource random, AddressFamily family, int count, string[] targets)
    {
        List<Rule> rules = [];
        for (int i = 0; i < count; i++)
        {
            rules.Add(new Rule { Matches = [.. Matches(random, family)], Target = Target(random, targets) });
        }

        return [.. rules];
    }

    private static IEnumerable<RuleMatch> Matches(RandomSource random, AddressFamily family)
    {
        bool Chance(int percent) => random.NextChance(percent, 100);
        if (Chance(40))
        {
            yield return new RuleMatch.Source(Prefix(random, family), Chance(15));
        }

        if (Chance(60))
        {
            yield return new RuleMatch.Destination(Prefix(random, family), Chance(10));
        }

        if (Chance(15))
        {
            yield return new RuleMatch.Input(Names[random.NextBelow(Names.Length)], Chance(20));
        }

        if (Chance(15))
        {
            yield return new RuleMatch.Output(Names[random.NextBelow(Names.Length)], Chance(20));
        }

        if (Chance(10))
        {
            yield return new RuleMatch.Mark((uint)random.NextBelow(4), 3, Chance(20));
        }

        if (!Chance(80))
        {
            yield break;
        }

        yield return new RuleMatch.Protocol(random.NextChance(1, 2) ? IPProtocol.Udp : IPProtocol.Tcp);
        if (Chance(20))
        {
            yield return new RuleMatch.SourcePort(Ports(random), Chance(20));
        }

        if (Chance(70))
        {
            yield return new RuleMatch.DestinationPort(Ports(random), Chance(10));
        }
        else if (Chance(50))
        {
            yield return new RuleMatch.Multiport(PortSide.Destination, [Ports(random), Ports(random)], Chance(20));
        }
    }

    private static PortRange Ports(RandomSource random)
    {
        ushort first = (ushort)random.NextBetween(1, 12);
        return random.NextChance(2, 3) ? new PortRange(first, first) : new PortRange(first, (ushort)(first + random.NextBelow(4)));
    }

    private static InternetPrefix Prefix(RandomSource random, AddressFamily family) => family == AddressFamily.IPv4
        ? new InternetPrefix(Address(random, family), (int)random.NextBetween(27, 32))
        : new InternetPrefix(Address(random, family), (int)random.NextBetween(123, 128));

    private static InternetAddress Address(RandomSource random, AddressFamily family) => family == AddressFamily.IPv4
        ? new IPv4Address(0x0A00_0000 + (uint)random.NextBelow(24))
        : new IPv6Address(0x2001_0DB8_0000_0000, (ulong)random.NextBelow(24));

    private static RuleTarget? Target(RandomSource random, string[] targets) => random.NextBelow(10) switch
    {
        0 => new RuleTarget.Accept(),
        1 => new RuleTarget.Drop(),
        2 => new RuleTarget.Return(),
        3 => new RuleTarget.Mark((uint)random.NextBelow(4), 3),
        4 or 5 or 6 when targets.Length > 0 => new RuleTarget.Jump(targets[random.NextBelow(targets.Length)]),
        7 when targets.Length > 0 => new RuleTarget.Goto(targets[random.NextBelow(targets.Length)]),
        _ => null,
    };

    private static NaivePacket Packet(RandomSource random, AddressFamily family) => new(
        Address(random, family),
        Address(random, family),
        random.NextChance(1, 2) ? IPProtocol.Udp : IPProtocol.Tcp,
        (int)random.NextBetween(1, 15),
        (int)random.NextBetween(1, 15),
        "left",
        "right");

    private static Frame Build(FilterLab lab, NaivePacket packet, AddressFamily family)
    {
        byte[] segment = new byte[20];
        segment[1] = (byte)packet.SourcePort;
        segment[3] = (byte)packet.DestinationPort;
        bool v4 = family == AddressFamily.IPv4;
        int header = v4 ? IPv4Header.MinimumSize : IPv6Header.Size;
        Frame frame = lab.Emulation.Frames.Rent(EthernetHeader.Size + header + segment.Length);
        Span<byte> bytes = frame.Bytes[EthernetHeader.Size..];
        if (v4)
        {
            IPv4Header.Write(bytes, 0, bytes.Length, 0, 0, 64, packet.Protocol, packet.Source.IPv4, packet.Destination.IPv4);
        }
        else
        {
            IPv6Header.Write(bytes, 0, 0, segment.Length, packet.Protocol, 64, packet.Source.IPv6, packet.Destination.IPv6);
        }

        segment.CopyTo(bytes[header..]);
        return frame;
    }
}
