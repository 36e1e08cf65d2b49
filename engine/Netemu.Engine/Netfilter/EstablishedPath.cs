using System.Collections.Generic;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Netfilter.Evaluation;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter;

/// <summary>
/// What all hooks on the way through a namespace do to the packets of established connections without translations, where
/// they do the same to each: they let it pass, and count it at these rules. Found by following the rules once with what is
/// known of all those packets, their state; so there is no verdict per connection, and nothing to forget but with the table.
/// </summary>
internal sealed class EstablishedPath
{
    private readonly List<(CompiledRule[] Chain, int Index)> _rules = [];
    private readonly List<CompiledChain> _policies = [];

    /// <summary>Who knows the connections; null as long as the path has not come to tracking.</summary>
    public ConnectionTracker? Tracker { get; set; }

    /// <summary>The packets' state at the place that the path has come to, as rules see it.</summary>
    public ConnectionStates State => Tracker is null ? ConnectionStates.Invalid : ConnectionStates.Established;

    /// <summary>The packets match that rule.</summary>
    public void AddRule(CompiledChain chain, int index) => _rules.Add((chain.Rules, index));

    /// <summary>The packets come to that chain's policy.</summary>
    public void AddPolicy(CompiledChain chain) => _policies.Add(chain);

    /// <summary>Counts packets of <paramref name="bytes"/> bytes together, from the IP header on.</summary>
    public void Count(int packets, long bytes)
    {
        foreach ((CompiledRule[] chain, int index) in _rules)
        {
            chain[index].Packets += packets;
            chain[index].Bytes += bytes;
        }

        foreach (CompiledChain chain in _policies)
        {
            chain.PolicyPackets += packets;
            chain.PolicyBytes += bytes;
        }
    }
}
