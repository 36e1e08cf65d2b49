using System.Collections.Immutable;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Netfilter.Sets;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Netfilter.Evaluation;

/// <summary>`-m connmark`.</summary>
internal sealed class ConnectionMarkMatch(uint value, uint mask, bool negated) : CompiledMatch
{
    public override bool Matches(ref PacketView view) =>
        view.Frame.Connection is Connection connection && ((connection.Mark & mask) == value) != negated;
}

/// <summary>`--ctorigsrc` and `--ctorigdst`.</summary>
internal sealed class OriginalAddressMatch(SetDirection side, InternetPrefix prefix, bool negated) : CompiledMatch
{
    public override bool Matches(ref PacketView view)
    {
        if (view.Frame.Connection is not Connection connection)
        {
            return false;
        }

        InternetAddress address = side == SetDirection.Source ? connection.Original.Source : connection.Original.Destination;
        return prefix.Contains(address) != negated;
    }
}

/// <summary>`--ctorigsrcport` and `--ctorigdstport`.</summary>
internal sealed class OriginalPortMatch(SetDirection side, PortRange range, bool negated) : CompiledMatch
{
    public override bool Matches(ref PacketView view)
    {
        if (view.Frame.Connection is not Connection connection)
        {
            return false;
        }

        ushort port = side == SetDirection.Source ? connection.Original.SourcePort : connection.Original.DestinationPort;
        return range.Contains(port) != negated;
    }
}

/// <summary>`--ctdir`.</summary>
internal sealed class DirectionMatch(bool reply) : CompiledMatch
{
    public override bool Matches(ref PacketView view) =>
        view.Frame.Connection is not null
        && view.Frame.ConnectionState is ConnectionState.EstablishedReply or ConnectionState.RelatedReply == reply;
}

/// <summary>`-m set --match-set`.</summary>
internal sealed class SetMatch(IPSet set, ImmutableArray<SetDirection> directions, bool negated) : CompiledMatch
{
    public override bool Matches(ref PacketView view) => set.Test(ref view, directions) != negated;
}

/// <summary>`-m limit`: a token bucket in units of the cost of one packet (xt_limit.c).</summary>
internal sealed class LimitMatch : CompiledMatch
{
    private readonly Node _node;
    private readonly TokenBucket _bucket;

    public LimitMatch(Node node, RuleMatch.Limit limit) => (_node, _bucket) = (node, new TokenBucket(limit, limit.Burst, node.Now.Nanoseconds));

    public override bool Matches(ref PacketView view) => _bucket.TryTake(_node.Now.Nanoseconds);
}

/// <summary>`-m statistic --mode random`.</summary>
internal sealed class ChanceMatch(RandomSource random, uint probability, bool negated) : CompiledMatch
{
    public override bool Matches(ref PacketView view) => ((random.NextUInt32() & 0x7FFF_FFFF) < probability) != negated;
}

/// <summary>`-m statistic --mode nth`.</summary>
internal sealed class NthMatch(uint every, uint packet, bool negated) : CompiledMatch
{
    private uint _count = every - packet - 1;

    public override bool Matches(ref PacketView view)
    {
        _count = _count + 1 >= every ? 0 : _count + 1;
        return (_count == 0) != negated;
    }
}
