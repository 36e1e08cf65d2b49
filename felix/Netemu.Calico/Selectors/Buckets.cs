using System.Collections.Generic;

namespace Netemu.Calico.Selectors;

/// <summary>A dictionary of sets without empty sets.</summary>
internal static class Buckets
{
    public static void Add<TKey, TValue>(Dictionary<TKey, HashSet<TValue>> buckets, TKey key, TValue value)
        where TKey : notnull
    {
        if (!buckets.TryGetValue(key, out HashSet<TValue>? bucket))
        {
            bucket = [];
            buckets.Add(key, bucket);
        }

        bucket.Add(value);
    }

    public static void Remove<TKey, TValue>(Dictionary<TKey, HashSet<TValue>> buckets, TKey key, TValue value)
        where TKey : notnull
    {
        if (buckets.TryGetValue(key, out HashSet<TValue>? bucket) && bucket.Remove(value) && bucket.Count == 0)
        {
            buckets.Remove(key);
        }
    }
}
