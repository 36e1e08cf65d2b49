using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.IPv4;

/// <summary>
/// Linux's limits on ICMP errors of both families: one token bucket per destination (inet_peer) from which every limited
/// error takes one second's worth, at most six in store, and from which errors about missing routes take once more, at most
/// five in store; and one bucket for the whole namespace (icmp_global).
/// </summary>
public sealed class IcmpRateLimiter
{
    private const long Second = 1_000_000_000;
    private const int MaximumPeers = 65_536;

    private readonly NetworkNamespace _space;
    private readonly Dictionary<InternetAddress, Bucket> _buckets = [];
    private RandomSource? _random;
    private long _globalCredit;
    private long _globalStamp = long.MinValue / 2;

    internal IcmpRateLimiter(NetworkNamespace space) => _space = space;

    /// <summary>ip_error: at most 5 s in store, 1 s each.</summary>
    internal bool TakeRouteError(InternetAddress destination) => Take(destination, Second, 5 * Second);

    /// <summary>inet_peer_xrlim_allow: at most 6 times icmp_ratelimit in store.</summary>
    internal bool TakeError(InternetAddress destination) => TakeError(destination, _space.Settings.IcmpRateLimit);

    /// <summary>The same with a limit in milliseconds; 0 for none.</summary>
    internal bool TakeError(InternetAddress destination, long milliseconds)
    {
        long cost = milliseconds * 1_000_000L;
        return cost == 0 || Take(destination, cost, 6 * cost);
    }

    /// <summary>One a second, as redirects of IPv6 are limited.</summary>
    internal bool TakeSecond(InternetAddress destination) => Take(destination, Second, 6 * Second);

    /// <summary>
    /// icmp_global_allow: true while there is credit in the namespace's bucket, which fills by icmp_msgs_per_sec up to
    /// icmp_msgs_burst, in steps of 20 ms at least.
    /// </summary>
    internal bool TakeGlobal()
    {
        if (_globalCredit > 0)
        {
            return true;
        }

        long now = _space.Node.Now.Nanoseconds;
        long passed = System.Math.Min(now - _globalStamp, Second);
        long gained = passed < Second / 50 ? 0 : _space.Settings.IcmpMessagesPerSecond * passed / Second;
        if (gained <= 0)
        {
            return false;
        }

        _globalStamp = now;
        _globalCredit = System.Math.Min(_globalCredit + gained, _space.Settings.IcmpMessagesBurst);
        return true;
    }

    /// <summary>icmp_global_consume: an error that is sent costs none, one or two credits, so that nobody can count others' errors.</summary>
    internal void ConsumeGlobal()
    {
        _random ??= _space.Node.Random($"{_space.Name}/icmp-global");
        _globalCredit -= _random.NextBelow(3);
    }

    /// <summary>
    /// ip_rt_send_redirect: the first goes at once, then with doubling pauses from 20 ms; none after nine until the source
    /// has been silent for 20.48 s.
    /// </summary>
    internal bool TakeRedirect(InternetAddress destination)
    {
        const long Load = 20_000_000;
        const int Number = 9;
        long now = _space.Node.Now.Nanoseconds;
        Bucket bucket = Find(destination);
        if (now > bucket.LastRedirect + (Load << 10))
        {
            bucket.Redirects = 0;
        }

        if (bucket.Redirects >= Number)
        {
            bucket.LastRedirect = now;
            return false;
        }

        if (bucket.Redirects > 0 && now <= bucket.LastRedirect + (Load << bucket.Redirects))
        {
            return false;
        }

        bucket.LastRedirect = now;
        bucket.Redirects++;
        return true;
    }

    private bool Take(InternetAddress destination, long cost, long most)
    {
        long now = _space.Node.Now.Nanoseconds;
        Bucket bucket = Find(destination);
        bucket.Tokens = System.Math.Min(bucket.Tokens + now - bucket.Last, most);
        bucket.Last = now;
        if (bucket.Tokens < cost)
        {
            return false;
        }

        bucket.Tokens -= cost;
        return true;
    }

    private Bucket Find(InternetAddress destination)
    {
        if (!_buckets.TryGetValue(destination, out Bucket? bucket))
        {
            if (_buckets.Count >= MaximumPeers)
            {
                // The kernel's peer cache forgets as well (inet_peer_threshold); everybody starts with a full bucket again.
                _buckets.Clear();
            }

            // A new peer has been silent for a minute: its bucket is full.
            bucket = new Bucket { Last = _space.Node.Now.Nanoseconds - (60 * Second), LastRedirect = long.MinValue / 2 };
            _buckets.Add(destination, bucket);
        }

        return bucket;
    }

    private sealed class Bucket
    {
        public long Tokens;
        public long Last;
        public long LastRedirect;
        public int Redirects;
    }
}
