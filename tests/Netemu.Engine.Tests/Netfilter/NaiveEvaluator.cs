using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Tests.Netfilter;

/// <summary>
/// The plainest reading of a table: rule after rule, chain after chain by recursion, over a packet as a record. The oracle
/// of the compiled evaluation.
/// </summary>
internal sealed class NaiveEvaluator(IReadOnlyDictionary<string, Chain> chains)
{
    private enum Outcome
    {
        Fallen,
        Accepted,
        Dropped,
    }

    /// <summary>How often each rule has matched, by chain and number.</summary>
    public SortedDictionary<(string Chain, int Number), int> Counts { get; } = [];

    public bool Accepts(NaivePacket packet)
    {
        Outcome outcome = Run(packet, "FORWARD");
        return outcome == Outcome.Accepted || (outcome == Outcome.Fallen && chains["FORWARD"].Policy == ChainPolicy.Accept);
    }

    private Outcome Run(NaivePacket packet, string name)
    {
        Chain chain = chains[name];
        for (int i = 0; i < chain.Rules.Length; i++)
        {
            if (!chain.Rules[i].Matches.All(match => Holds(match, packet)))
            {
                continue;
            }

            Counts[(name, i + 1)] = Counts.GetValueOrDefault((name, i + 1)) + 1;
            switch (chain.Rules[i].Target)
            {
                case RuleTarget.Accept:
                    return Outcome.Accepted;
                case RuleTarget.Drop:
                    return Outcome.Dropped;
                case RuleTarget.Return:
                    return Outcome.Fallen;
                case RuleTarget.Goto jump:
                    return Run(packet, jump.Chain);
                case RuleTarget.Mark mark:
                    packet.Mark = (packet.Mark & ~mark.Mask) ^ mark.Value;
                    break;
                case RuleTarget.Jump jump:
                    Outcome outcome = Run(packet, jump.Chain);
                    if (outcome != Outcome.Fallen)
                    {
                        return outcome;
                    }

                    break;
            }
        }

        return Outcome.Fallen;
    }

    private static bool Holds(RuleMatch match, NaivePacket packet) => match switch
    {
        RuleMatch.Source source => source.Prefix.Contains(packet.Source) != source.Negated,
        RuleMatch.Destination destination => destination.Prefix.Contains(packet.Destination) != destination.Negated,
        RuleMatch.Protocol protocol => (protocol.Number == packet.Protocol) != protocol.Negated,
        RuleMatch.Input input => Named(input.Name, packet.Input) != input.Negated,
        RuleMatch.Output output => Named(output.Name, packet.Output) != output.Negated,
        RuleMatch.SourcePort port => In(port.Range, packet.SourcePort) != port.Negated,
        RuleMatch.DestinationPort port => In(port.Range, packet.DestinationPort) != port.Negated,
        RuleMatch.Multiport ports => ports.Ports.Any(range => In(range, packet.DestinationPort)) != ports.Negated,
        RuleMatch.Mark mark => ((packet.Mark & mark.Mask) == mark.Value) != mark.Negated,
        _ => throw new ArgumentOutOfRangeException(nameof(match)),
    };

    private static bool In(PortRange range, int port) => port >= range.First && port <= range.Last;

    private static bool Named(string pattern, string name) =>
        pattern.EndsWith('+') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern;
}

/// <summary>A packet as rules see it.</summary>
internal sealed record NaivePacket(
    InternetAddress Source, InternetAddress Destination, IPProtocol Protocol, int SourcePort, int DestinationPort, string Input, string Output)
{
    public uint Mark { get; set; }
}
