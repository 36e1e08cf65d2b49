using System;

namespace Netemu.Bgp.Rib;

/// <summary>
/// Runs: one row for many prefixes. An UPDATE brings prefixes with one attribute set, and prefixes that were announced
/// together have consecutive ids, so in a mesh a row stands for all that a neighbour has announced.
/// </summary>
/// <remarks>
/// A run has no chain, no path identifiers and no attributes before policy. The first time that one of its prefixes must be
/// told apart, the whole table is: every path has a row of its own from then on, in the same order. So runs decide nothing
/// that can be seen, which they must not, as ids depend on the history of all speakers.
/// </remarks>
internal sealed partial class RouteTable
{
    /// <summary>True once prefixes of a run had to be told apart.</summary>
    private bool _isApart;

    /// <summary>
    /// Adds or replaces what one message announces: paths that differ in prefix and path identifier only. Returns how many
    /// are new.
    /// </summary>
    public int Update(RibPath path, ReadOnlySpan<int> announced, ReadOnlySpan<uint> pathIds, int received)
    {
        bool isPlain = received == 0 && !TracksArrival && !TracksEveryPath && _pathIds is null && !pathIds.ContainsAnyExcept(0u);
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
                length = _isApart ? 1 : CountFresh(announced);
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

    /// <summary>Gives every path a row of its own; who changes paths one by one in a walk over rows does it first.</summary>
    public void TellApart()
    {
        if (!_isApart)
        {
            _isApart = true;
            Rebuild();
        }
    }

    private void TellApart(int prefix)
    {
        int row = FirstRow(prefix);
        if (row >= 0 && _paths[row].Followers > 0)
        {
            TellApart();
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
        int most = Math.Min(announced.Length, RibPath.LongestRun);
        int count = 1;
        while (count < most && announced[count] == announced[count - 1] + 1 && FirstRow(announced[count]) < 0)
        {
            count++;
        }

        return count;
    }

    /// <summary>
    /// The first paths of consecutive prefixes, decided already: there is nothing to compare, and nothing that was best before.
    /// Returns their row.
    /// </summary>
    private int AddRun(RibPath path, int count)
    {
        path.Followers = count - 1;
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

        return row;
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

    /// <summary>The last paths of their prefixes: there is nothing to decide.</summary>
    private void RemoveRun(int row)
    {
        RibPath run = _paths[row];
        int received = ReceivedOf(row);
        GiveRow(row);
        PathCount -= run.Prefixes;
        Point(run.Prefix, run.Prefixes, -1);
        if ((run.Flags & PathFlags.Rejected) == 0)
        {
            BestCount -= run.Prefixes;
            MarkChanged(run.Prefix, run.Prefixes);
        }

        if (TracksEveryPath)
        {
            MarkChanged(run.Prefix, run.Prefixes);
        }

        Release(run.Attributes, received, run.Prefixes);
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
        while (count > 0)
        {
            Span<int> entries = _entries.From(first, count);
            for (int i = 0; i < entries.Length; i++)
            {
                MarkChanged(first + i, ref entries[i]);
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
                if (!path.IsFree)
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
