using System;

namespace Netemu.Bgp.Rib;

/// <summary>
/// Runs: one row for many prefixes. An UPDATE brings prefixes with one attribute set, and prefixes that were announced
/// together have consecutive ids, so in a mesh a row stands for all that a neighbour has announced.
/// </summary>
/// <remarks>
/// A run has no chain, no path identifiers and no attributes before policy. Whoever changes one of its prefixes isolates
/// that one first.
/// </remarks>
internal sealed partial class RouteTable
{
    /// <summary>True once rows are taken for names of paths: every path has one of its own from then on.</summary>
    private bool _keepsRowsApart;

    /// <summary>
    /// Adds or replaces what one message announces: paths that differ in prefix and path identifier only. Returns how many
    /// are new.
    /// </summary>
    public int Update(RibPath path, ReadOnlySpan<int> announced, ReadOnlySpan<uint> pathIds, int received)
    {
        bool isPlain = received == 0 && !TracksArrival && !_keepsRowsApart && _pathIds is null && !pathIds.ContainsAnyExcept(0u);
        RibPath only = path;
        DecideSingle(ref only);
        int added = 0;
        while (announced.Length > 0)
        {
            int length = 1;
            path.Prefix = only.Prefix = announced[0];
            int first = isPlain ? FirstRow(announced[0]) : -1;
            if (isPlain && first < 0)
            {
                length = CountFresh(announced);
                AddRun(only, length);
                added += length;
            }
            else if (first >= 0 && IsSameRun(_paths[first], path.Peer, announced))
            {
                length = _paths[first].Prefixes;
                ReplaceRun(ref _paths[first], only);
            }
            else
            {
                added += Update(path, pathIds[0], received) ? 1 : 0;
            }

            announced = announced[length..];
            pathIds = pathIds[length..];
        }

        return added;
    }

    /// <summary>
    /// Gives every path a row of its own, now and from now on: someone remembers rows.
    /// </summary>
    public void KeepRowsApart()
    {
        _keepsRowsApart = true;
        SplitRuns();
    }

    /// <summary>Gives every path a row of its own; who changes paths one by one in a walk over rows does it first.</summary>
    public void SplitRuns()
    {
        int rows = _rows;
        for (int row = 0; row < rows; row++)
        {
            RibPath run = _paths[row];
            if (run.Prefix >= 0 && run.Followers > 0)
            {
                _paths[row].Followers = 0;
                for (int i = 1; i <= run.Followers; i++)
                {
                    AddPart(run, run.Prefix + i, 1);
                }
            }
        }
    }

    /// <summary>How many prefixes from this one on have the same row, itself among them.</summary>
    public int CountAlike(int prefix)
    {
        int row = FirstRow(prefix);
        return row < 0 || _paths[row].Followers == 0 ? 1 : _paths[row].Prefix + _paths[row].Prefixes - prefix;
    }

    /// <summary>Takes the changed bits away; their owner has dealt with them.</summary>
    public void ClearChanged(int first, int count)
    {
        while (count > 0)
        {
            Span<int> entries = _entries.From(first, count);
            foreach (ref int entry in entries)
            {
                entry &= ~ChangedBit;
            }

            first += entries.Length;
            count -= entries.Length;
        }
    }

    /// <summary>How many consecutive ids at the front have no path.</summary>
    private int CountFresh(ReadOnlySpan<int> announced)
    {
        int most = Math.Min(announced.Length, ushort.MaxValue);
        int count = 1;
        while (count < most && announced[count] == announced[count - 1] + 1 && FirstRow(announced[count]) < 0)
        {
            count++;
        }

        return count;
    }

    /// <summary>The first paths of consecutive prefixes, decided already.</summary>
    private void AddRun(RibPath path, int count)
    {
        path.Followers = (ushort)(count - 1);
        attributes.Acquire(path.Attributes, count);
        int row = TakeRow();
        _paths.GetOrAdd(row) = path;
        PathCount += count;
        Point(path.Prefix, count, row);
        if ((path.Flags & PathFlags.Rejected) == 0)
        {
            BestCount += count;
            MarkChanged(path.Prefix, count);
        }
    }

    /// <summary>True if a message announces exactly what a run of the same peer holds.</summary>
    private static bool IsSameRun(in RibPath run, ushort peer, ReadOnlySpan<int> announced)
    {
        if (run.Followers == 0 || run.Peer != peer || run.Prefix != announced[0] || announced.Length < run.Prefixes)
        {
            return false;
        }

        for (int i = 1; i < run.Prefixes; i++)
        {
            if (announced[i] != run.Prefix + i)
            {
                return false;
            }
        }

        return true;
    }

    private void ReplaceRun(ref RibPath run, in RibPath path)
    {
        bool wasBest = (run.Flags & PathFlags.Rejected) == 0;
        bool isBest = (path.Flags & PathFlags.Rejected) == 0;
        int held = run.Attributes;
        attributes.Acquire(path.Attributes, run.Prefixes);
        (run.Attributes, run.Flags, run.Verdict) = (path.Attributes, path.Flags, path.Verdict);
        BestCount += ((isBest ? 1 : 0) - (wasBest ? 1 : 0)) * run.Prefixes;
        if (isBest != wasBest || (isBest && held != path.Attributes))
        {
            MarkChanged(run.Prefix, run.Prefixes);
        }

        attributes.Release(held, run.Prefixes);
    }

    private void RejectRun(int row, PathRejection rejection)
    {
        ref RibPath run = ref _paths[row];
        RibPath judged = run;
        judged.Flags = rejection == PathRejection.None ? run.Flags & ~PathFlags.Rejected : run.Flags | PathFlags.Rejected;
        judged.Verdict = (byte)rejection;
        DecideSingle(ref judged);
        ReplaceRun(ref run, judged);
    }

    private void RemoveRun(int row)
    {
        RibPath run = _paths[row];
        _paths[row] = new RibPath { Prefix = -1, Attributes = _freeRow };
        _freeRow = row + 1;
        PathCount -= run.Prefixes;
        Point(run.Prefix, run.Prefixes, -1);
        if ((run.Flags & PathFlags.Rejected) == 0)
        {
            BestCount -= run.Prefixes;
            MarkChanged(run.Prefix, run.Prefixes);
        }

        attributes.Release(run.Attributes, run.Prefixes);
    }

    /// <summary>Gives a prefix of a run a row of its own; nothing that anyone can see changes.</summary>
    private void Isolate(int prefix)
    {
        int row = FirstRow(prefix);
        if (row < 0 || _paths[row].Followers == 0)
        {
            return;
        }

        ref RibPath run = ref _paths[row];
        int before = prefix - run.Prefix;
        int after = run.Followers - before;
        if (before == 0)
        {
            run.Prefix++;
            run.Followers--;
            AddPart(run, prefix, 1);
            return;
        }

        run.Followers = (ushort)(before - 1);
        AddPart(run, prefix, 1);
        if (after > 0)
        {
            AddPart(run, prefix + 1, after);
        }
    }

    /// <summary>A new row for a part of a run, which has given it up.</summary>
    private void AddPart(RibPath path, int first, int count)
    {
        int row = TakeRow();
        path.Prefix = first;
        path.Followers = (ushort)(count - 1);
        _paths.GetOrAdd(row) = path;
        Point(first, count, row);
    }

    /// <summary>Has prefixes' entries point to a row; -1 for none.</summary>
    private void Point(int first, int count, int row)
    {
        while (count > 0)
        {
            Span<int> entries = _entries.From(first, count);
            foreach (ref int entry in entries)
            {
                entry = (entry & ChangedBit) | (row + 1);
            }

            first += entries.Length;
            count -= entries.Length;
        }
    }

    private void MarkChanged(int first, int count)
    {
        Version += count;
        while (count > 0)
        {
            Span<int> entries = _entries.From(first, count);
            for (int i = 0; i < entries.Length; i++)
            {
                if ((entries[i] & ChangedBit) == 0)
                {
                    entries[i] |= ChangedBit;
                    _changed.Add(first + i);
                }
            }

            first += entries.Length;
            count -= entries.Length;
        }
    }

    /// <summary>Walks over all paths.</summary>
    internal struct PathWalk(RouteTable table)
    {
        private int _row = -1;
        private int _left;

        /// <summary>The path's prefix and its row.</summary>
        public (int Prefix, int Row) Current { get; private set; }

        public readonly PathWalk GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_left > 0)
            {
                _left--;
                Current = (Current.Prefix + 1, _row);
                return true;
            }

            while (++_row < table._rows)
            {
                ref RibPath path = ref table._paths[_row];
                if (path.Prefix >= 0)
                {
                    _left = path.Followers;
                    Current = (path.Prefix, _row);
                    return true;
                }
            }

            return false;
        }
    }
}
