using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Netfilter;

/// <summary>One table of `-m hashlimit` (net/netfilter/xt_hashlimit.c): token buckets by address and port, collected when nobody has used them.</summary>
internal sealed class HashLimitTable(RuleMatch.HashLimit match, long created)
{
    private readonly Dictionary<(InternetAddress Source, InternetAddress Destination, int Ports), Bucket> _buckets = [];
    private long _nextCollection = created + (match.CollectionMilliseconds * 1_000_000L);

    /// <summary>Takes a packet's cost from its bucket; null where there is no room for another bucket.</summary>
    public bool? TryTake((InternetAddress Source, InternetAddress Destination, int Ports) key, long now)
    {
        Collect(now);
        if (!_buckets.TryGetValue(key, out Bucket? bucket))
        {
            if (match.Most > 0 && _buckets.Count >= match.Most)
            {
                return null;
            }

            bucket = new Bucket(new TokenBucket(match.Rate!, match.Burst, now));
            _buckets.Add(key, bucket);
        }

        bucket.Expires = now + (match.Lifetime * 1_000_000L);
        return bucket.Tokens.TryTake(now);
    }

    /// <summary>What the kernel does by a timer (htable_gc) is done before the table is looked at: nobody sees the difference.</summary>
    private void Collect(long now)
    {
        long period = Math.Max(1, match.CollectionMilliseconds) * 1_000_000L;
        if (now < _nextCollection)
        {
            return;
        }

        long collected = now - ((now - _nextCollection) % period);
        _nextCollection = collected + period;
        foreach ((var key, Bucket bucket) in _buckets)
        {
            if (collected > bucket.Expires)
            {
                _buckets.Remove(key);
            }
        }
    }

    private sealed class Bucket(TokenBucket tokens)
    {
        public TokenBucket Tokens { get; } = tokens;

        public long Expires { get; set; }
    }
}
