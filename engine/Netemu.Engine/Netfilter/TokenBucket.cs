using System;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter;

/// <summary>What `-m limit` and `-m hashlimit` count with (limit_mt, rateinfo_recalc): credit in nanoseconds, full at first.</summary>
internal sealed class TokenBucket(RuleMatch.Limit rate, int burst, long created)
{
    private readonly long _cost = CostOf(rate);
    private readonly long _capacity = CostOf(rate) * burst;
    private long _credit = CostOf(rate) * burst;
    private long _last = created;

    /// <summary>Takes a packet's cost at an instant in nanoseconds, if there is so much.</summary>
    public bool TryTake(long now)
    {
        _credit = Math.Min(_capacity, _credit + (now - _last));
        _last = now;
        if (_credit < _cost)
        {
            return false;
        }

        _credit -= _cost;
        return true;
    }

    private static long CostOf(RuleMatch.Limit rate) => rate.PerSeconds * 1_000_000_000L / rate.Count;
}
