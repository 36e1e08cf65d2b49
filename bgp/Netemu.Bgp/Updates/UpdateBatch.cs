using System;
using System.Collections.Generic;

namespace Netemu.Bgp.Updates;

/// <summary>
/// Changes to send, gathered by attribute set so that one message carries many prefixes. A bucket is meant for all
/// members, for all but one, or for one: a message never crosses such a border.
/// </summary>
/// <remarks>
/// Prefixes with consecutive ids are a run, so that the half million withdrawals after the death of a neighbour take no room.
/// </remarks>
internal sealed class UpdateBatch
{
    public const ushort Nobody = ushort.MaxValue;

    private readonly Dictionary<(int Attributes, ushort Only, ushort Except), int> _index = [];
    private readonly List<Bucket> _buckets = [];
    private Run[] _runs = new Run[64];
    private int _runCount;

    /// <summary>Buckets in the order of their first change; withdrawals have attributes 0.</summary>
    public List<Bucket> Buckets => _buckets;

    /// <summary>The number of changes.</summary>
    public int Count { get; private set; }

    public void Clear()
    {
        _index.Clear();
        _buckets.Clear();
        _runCount = 0;
        Count = 0;
    }

    /// <summary>Adds a change.</summary>
    /// <param name="attributes">What is announced; 0 for a withdrawal.</param>
    /// <param name="only">The one member it is for, or <see cref="Nobody"/> for all.</param>
    /// <param name="except">The member it is not for, or <see cref="Nobody"/>.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="pathId">Its path identifier.</param>
    public void Add(int attributes, ushort only, ushort except, int prefix, uint pathId)
    {
        Count++;
        int bucket = FindBucket(attributes, only, except);
        Bucket target = _buckets[bucket];
        if (target.Tail >= 0)
        {
            ref Run tail = ref _runs[target.Tail];
            if (tail.PathId == pathId && tail.First + tail.Count == prefix)
            {
                tail.Count++;
                return;
            }

            tail.Next = _runCount;
        }

        if (_runCount == _runs.Length)
        {
            Array.Resize(ref _runs, _runCount * 2);
        }

        _runs[_runCount] = new Run { First = prefix, Count = 1, PathId = pathId, Next = -1 };
        _buckets[bucket] = target with { Head = target.Head < 0 ? _runCount : target.Head, Tail = _runCount };
        _runCount++;
    }

    /// <summary>The changes of a bucket in the order of adding.</summary>
    public Walk Of(in Bucket bucket) => new(this, bucket.Head);

    private int FindBucket(int attributes, ushort only, ushort except)
    {
        int last = _buckets.Count - 1;
        if (last >= 0
            && _buckets[last].Attributes == attributes
            && _buckets[last].Only == only
            && _buckets[last].Except == except)
        {
            return last;
        }

        if (!_index.TryGetValue((attributes, only, except), out int bucket))
        {
            bucket = _buckets.Count;
            _buckets.Add(new Bucket(attributes, only, except, -1, -1));
            _index.Add((attributes, only, except), bucket);
        }

        return bucket;
    }

    /// <summary>Runs of one bucket, the first and the last.</summary>
    internal readonly record struct Bucket(int Attributes, ushort Only, ushort Except, int Head, int Tail);

    /// <summary>Stands at a change, or past the last one. Nothing may be added while it is used.</summary>
    internal struct Walk
    {
        private readonly Run[] _runs;
        private int _run;
        private int _place;

        public Walk(UpdateBatch batch, int head)
        {
            _runs = batch._runs;
            _run = head;
        }

        /// <summary>True past the last change.</summary>
        public readonly bool IsOver => _run < 0;

        public readonly int Prefix => _runs[_run].First + _place;

        public readonly uint PathId => _runs[_run].PathId;

        public void MoveOn()
        {
            if (++_place == _runs[_run].Count)
            {
                _run = _runs[_run].Next;
                _place = 0;
            }
        }
    }

    /// <summary>Changes of prefixes with consecutive ids, and the next run of the bucket or -1.</summary>
    private struct Run
    {
        public int First;
        public int Count;
        public uint PathId;
        public int Next;
    }
}
