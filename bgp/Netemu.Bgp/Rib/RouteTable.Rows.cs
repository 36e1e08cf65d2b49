namespace Netemu.Bgp.Rib;

/// <summary>Which rows are used. A row's place is when its path came, so that a walk is in that order.</summary>
internal sealed partial class RouteTable
{
    private const int FewHoles = 64;

    /// <summary>True once someone remembers rows: they keep their places, and free ones are used again.</summary>
    private bool _areRowsNamed;

    /// <summary>The free row to use next, as index + 1, where rows have names.</summary>
    private int _freeRow;

    /// <summary>
    /// Gives every path a row that it keeps as long as it lives: someone takes rows for names (path identifiers of RFC 7911,
    /// a walk that pauses).
    /// </summary>
    public void NameRows()
    {
        if (!_areRowsNamed)
        {
            _isApart = true;
            Rebuild();
            _areRowsNamed = true;
        }
    }

    /// <summary>Closes the gaps that paths have left if there are many. Nobody may be in a walk.</summary>
    public void Tidy()
    {
        if (!_areRowsNamed && _holes > FewHoles && _holes > _rows / 2)
        {
            Rebuild();
        }
    }

    private int TakeRow()
    {
        int row = _freeRow - 1;
        if (row < 0)
        {
            return _rows++;
        }

        _freeRow = _paths[row].Attributes;
        return row;
    }

    private void GiveRow(int row)
    {
        _paths[row] = RibPath.Free(next: _freeRow);
        if (_areRowsNamed)
        {
            _freeRow = row + 1;
        }
        else
        {
            _holes++;
        }
    }

    /// <summary>Moves all paths to rows without gaps, in the same order, those of runs to one each if they are told apart.</summary>
    private void Rebuild()
    {
        PagedArray<RibPath> paths = _paths;
        PagedArray<int>? next = _next;
        int rows = _rows;
        _paths = new PagedArray<RibPath>(pages.Paths);
        _next = null;
        _rows = 0;
        _holes = 0;
        int[] places = new int[rows];
        bool[] isFollower = next is null ? [] : FindFollowers(next, rows);
        for (int row = 0; row < rows; row++)
        {
            RibPath path = paths[row];
            if (!path.IsFree)
            {
                places[row] = _rows;
                Place(path, isHead: next is null || !isFollower[row]);
            }
        }

        for (int row = 0; next is not null && row < rows; row++)
        {
            if (next.GetOrDefault(row) is int follower and not 0)
            {
                Link(places[row], places[follower - 1] + 1);
            }
        }

        MoveColumn(ref _pathIds, pages.Identifiers, paths, places);
        MoveColumn(ref _received, pages.Numbers, paths, places);
        MoveColumn(ref _arrivals, pages.Identifiers, paths, places);
        paths.Clear();
        next?.Clear();
    }

    private static void MoveColumn<T>(ref PagedArray<T>? column, PagePool<T> pool, PagedArray<RibPath> paths, int[] places)
        where T : unmanaged
    {
        if (column is null)
        {
            return;
        }

        PagedArray<T> old = column;
        column = new PagedArray<T>(pool);
        for (int row = 0; row < places.Length; row++)
        {
            if (!paths[row].IsFree)
            {
                column.GetOrAdd(places[row]) = old.GetOrDefault(row);
            }
        }

        old.Clear();
    }

    private static bool[] FindFollowers(PagedArray<int> next, int rows)
    {
        bool[] isFollower = new bool[rows];
        for (int row = 0; row < rows; row++)
        {
            if (next.GetOrDefault(row) is int follower and not 0)
            {
                isFollower[follower - 1] = true;
            }
        }

        return isFollower;
    }

    /// <summary>Puts a row at the end; the prefixes whose first path it is point to it.</summary>
    private void Place(RibPath path, bool isHead)
    {
        int first = path.Prefix;
        int parts = _isApart ? path.Prefixes : 1;
        int length = path.Prefixes / parts;
        path.Followers = length - 1;
        for (int i = 0; i < parts; i++)
        {
            path.Prefix = first + i;
            _paths.GetOrAdd(_rows) = path;
            if (isHead)
            {
                Point(path.Prefix, length, _rows);
            }

            _rows++;
        }
    }
}
