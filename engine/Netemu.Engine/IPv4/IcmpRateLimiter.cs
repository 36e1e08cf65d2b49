using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.IPv4;

/// <summary>
/// Linux's limits on ICMP errors: one token bucket per destination (inet_peer) from which every limited error takes one
/// second's worth, at most six in store, and from which errors about missing routes take once more, at most five in store.
/// </summary>
public sealed class IcmpRateLimiter
{
    private const long Second = 1_000_000_000;
    private const int MaximumPeers = 65_536;

    private readonly NetworkNamespace _space;
    private readonly Dictionary<InternetAddress, Bucket> _buckets = [];

    internal IcmpRateLimiter(NetworkNamespace space) => _space = space;

    /// <summary>ip_error: at most 5 s in store, 1 s each.</summary>
    internal bool TakeRouteError(InternetAddress destination) => Take(destination, Second, 5 * Second);

    /// <summary>inet_peer_xrlim_allow: at most 6 times icmp_ratelimit in store.</summary>
    internal bool TakeError(InternetAddress destination)
    {
        long cost = _space.Settings.IcmpRateLimit * 1_000_000L;
        return cost == 0 || Take(destination, cost, 6 * cost);
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
