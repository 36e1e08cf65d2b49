using Netemu.Bgp.Attributes;

namespace Netemu.Bgp.Rib;

/// <summary>
/// Adj-RIBs-In and Loc-RIB of one family in one flat table: per prefix a chain of paths (one per peer and path
/// identifier), the best one first. 12 bytes a path and 4 a prefix, and 4 more a path once any prefix has two.
/// </summary>
/// <remarks>
/// <code>
/// prefix id -> entry (first path + 1, changed bit) -> path row -> path row -> ...
///                                                     best first, if its Rejected flag is clear
/// </code>
/// Prefixes with consecutive ids that one message has brought, and that have no other path, share one row (a run).
/// Rows are taken in order and those that become free are left behind until <see cref="Tidy"/>, so a walk over rows is a
/// walk in this speaker's own insertion order, whatever the ids are. The columns of links, path identifiers and received
/// attributes exist once they are needed.
/// </remarks>
internal sealed partial class RouteTable(
    PrefixTable prefixes, PathAttributeTable attributes, RibPages pages, BestPathOptions options, IRibPeers peers)
{
    /// <summary>The peer number of routes that begin at this speaker.</summary>
    public const ushort LocalPeer = ushort.MaxValue;

    private const int ChangedBit = int.MinValue;

    private readonly PagedArray<int> _entries = new(pages.Numbers);
    private PagedArray<RibPath> _paths = new(pages.Paths);
    private readonly PrefixRuns _changed = new();
    private PagedArray<int>? _next;
    private PagedArray<uint>? _pathIds;
    private PagedArray<int>? _received;
    private PagedArray<uint>? _arrivals;
    private uint _lastArrival;
    private int _rows;
    private int _holes;
    private DecisionCandidate[] _candidates = new DecisionCandidate[8];
    private int[] _candidateRows = new int[8];

    public PrefixTable Prefixes => prefixes;

    /// <summary>True once someone is told every path (RFC 7911): any change of a path is a change then.</summary>
    public bool TracksEveryPath { get; private set; }

    /// <summary>Arrival is a column of its own, kept only where the decision looks at it.</summary>
    private bool TracksArrival => !Options.DeterministicMed;

    /// <summary>The switches of the decision; who changes them has every prefix reconsidered.</summary>
    public BestPathOptions Options { get; set; } = options;

    /// <summary>Rows ever used: rows below it are paths, runs of them or free.</summary>
    public int RowCount => _rows;

    /// <summary>Every path in the order of rows, those of a run one by one. None may come or go meanwhile.</summary>
    public PathWalk Paths => new(this);

    /// <summary>How often best paths have changed.</summary>
    public long Version { get; private set; }

    /// <summary>The number of paths.</summary>
    public int PathCount { get; private set; }

    /// <summary>The number of prefixes with a best path.</summary>
    public int BestCount { get; private set; }

    /// <summary>
    /// Prefixes whose best paths have changed since the list was taken, in the order of their first change.
    /// </summary>
    public PrefixRuns Changed => _changed;

    public ref RibPath this[int row] => ref _paths[row];

    public uint PathIdOf(int row) => _pathIds is null ? 0 : _pathIds.GetOrDefault(row);

    /// <summary>Notes that someone is told every path. A path's row is its identifier then.</summary>
    public void TrackEveryPath()
    {
        TracksEveryPath = true;
        NameRows();
    }

    /// <summary>The attributes as the peer sent them.</summary>
    public int ReceivedAttributesOf(int row) =>
        (_paths[row].Flags & PathFlags.Modified) != 0 ? _received![row] : _paths[row].Attributes;

    /// <summary>The first row of a prefix, best path or not; -1 if it has none.</summary>
    public int FirstRow(int prefix) => (_entries.GetOrDefault(prefix) & ~ChangedBit) - 1;

    /// <summary>The row of the best path, or -1.</summary>
    public int BestRow(int prefix)
    {
        int row = FirstRow(prefix);
        return row >= 0 && (_paths[row].Flags & PathFlags.Rejected) == 0 ? row : -1;
    }

    public int NextRow(int row) => NextOf(row) - 1;

    /// <summary>Adds or replaces a path. Returns true if it is new.</summary>
    /// <param name="path">Prefix, peer, attributes, flags and rejection.</param>
    /// <param name="pathId">The path identifier, or 0.</param>
    /// <param name="received">The attributes before import policy; 0 if policy left them alone.</param>
    public bool Update(in RibPath path, uint pathId, int received)
    {
        if (FirstRow(path.Prefix) < 0 && received == 0 && !TracksArrival)
        {
            RibPath only = path;
            DecideSingle(ref only);
            SetColumns(AddRun(only, 1), pathId, 0);
            if (TracksEveryPath)
            {
                MarkChanged(path.Prefix);
            }

            return true;
        }

        attributes.Acquire(path.Attributes);
        TellApart(path.Prefix);
        int existing = Find(path.Prefix, path.Peer, pathId);
        if (received != 0)
        {
            attributes.Acquire(received);
        }

        BestSignature before = SignatureOf(path.Prefix);
        int row = existing >= 0 ? existing : Insert(path.Prefix);
        ref RibPath target = ref _paths[row];
        int oldAttributes = existing >= 0 ? target.Attributes : 0;
        int oldReceived = existing >= 0 ? ReceivedOf(row) : 0;
        target.Attributes = path.Attributes;
        target.Peer = path.Peer;
        target.Flags = received != 0 ? path.Flags | PathFlags.Modified : path.Flags;
        target.Verdict = path.Verdict;
        SetColumns(row, pathId, received);
        if (TracksArrival && existing < 0)
        {
            _arrivals ??= new PagedArray<uint>(pages.Identifiers);
            _arrivals.GetOrAdd(row) = ++_lastArrival;
        }

        Decide(path.Prefix, before);
        if (TracksEveryPath)
        {
            MarkChanged(path.Prefix);
        }

        Release(oldAttributes, oldReceived);
        return existing < 0;
    }

    /// <summary>Removes a path. Returns false if there is none.</summary>
    public bool Withdraw(int prefix, ushort peer, uint pathId)
    {
        if (Find(prefix, peer, pathId) < 0)
        {
            return false;
        }

        TellApart(prefix);
        RemoveRow(Find(prefix, peer, pathId));
        return true;
    }

    /// <summary>Removes the paths of a peer, or only its stale ones. Returns how many.</summary>
    public int RemovePeer(ushort peer, bool onlyStale = false)
    {
        int removed = 0;
        for (int row = 0; row < _rows; row++)
        {
            ref RibPath path = ref _paths[row];
            if (!path.IsFree && path.Peer == peer && (!onlyStale || (path.Flags & PathFlags.Stale) != 0))
            {
                removed += path.Prefixes;
                RemoveRow(row);
            }
        }

        return removed;
    }

    /// <summary>How many paths of a peer were not refused when they came.</summary>
    public int CountAccepted(ushort peer)
    {
        int count = 0;
        for (int row = 0; row < _rows; row++)
        {
            ref RibPath path = ref _paths[row];
            bool isRefused = (path.Flags & PathFlags.Rejected) != 0 && (PathRejection)path.Verdict != PathRejection.NextHopUnreachable;
            count += path.IsFree || path.Peer != peer || isRefused ? 0 : path.Prefixes;
        }

        return count;
    }

    /// <summary>Marks every path of a peer stale (RFC 4724 section 4.2). Returns how many.</summary>
    public int MarkStale(ushort peer)
    {
        int marked = 0;
        for (int row = 0; row < _rows; row++)
        {
            ref RibPath path = ref _paths[row];
            if (!path.IsFree && path.Peer == peer)
            {
                path.Flags |= PathFlags.Stale;
                marked += path.Prefixes;
            }
        }

        return marked;
    }

    /// <summary>
    /// Sets or clears a rejection that does not come from the route itself, of all prefixes of a row, and decides again.
    /// </summary>
    public void SetRejection(int row, PathRejection rejection)
    {
        ref RibPath path = ref _paths[row];
        RibPath judged = path;
        judged.Flags = rejection == PathRejection.None ? path.Flags & ~PathFlags.Rejected : path.Flags | PathFlags.Rejected;
        judged.Verdict = (byte)rejection;
        if (path.Followers > 0)
        {
            DecideSingle(ref judged);
            ReplaceRun(ref path, judged);
            return;
        }

        BestSignature before = SignatureOf(path.Prefix);
        path = judged;
        Decide(path.Prefix, before);
    }

    /// <summary>Decides again: an interior cost has changed.</summary>
    public void Reconsider(int prefix) => Decide(prefix, SignatureOf(prefix));

    /// <summary>Gives every path back without deciding anything: the speaker is gone.</summary>
    public void Clear()
    {
        for (int row = 0; row < _rows; row++)
        {
            if (!_paths[row].IsFree)
            {
                Release(_paths[row].Attributes, ReceivedOf(row), _paths[row].Prefixes);
            }
        }

        _entries.Clear();
        _paths.Clear();
        _next?.Clear();
        _pathIds?.Clear();
        _received?.Clear();
        _arrivals?.Clear();
        _next = null;
        _rows = 0;
        _holes = 0;
        _freeRow = 0;
        _changed.Clear();
        PathCount = 0;
        BestCount = 0;
    }

    /// <summary>Has the FIB and the groups look at a prefix again.</summary>
    public void MarkChanged(int prefix) => MarkChanged(prefix, ref _entries.GetOrAdd(prefix));

    private void MarkChanged(int prefix, ref int entry)
    {
        Version++;
        if ((entry & ChangedBit) == 0)
        {
            entry |= ChangedBit;
            _changed.Add(prefix);
        }
    }

    /// <summary>The row of a peer's path, or -1.</summary>
    public int RowOf(int prefix, ushort peer, uint pathId) => Find(prefix, peer, pathId);

    private int Find(int prefix, ushort peer, uint pathId)
    {
        for (int row = FirstRow(prefix); row >= 0; row = NextOf(row) - 1)
        {
            if (_paths[row].Peer == peer && (_pathIds is null ? pathId == 0 : _pathIds.GetOrDefault(row) == pathId))
            {
                return row;
            }
        }

        return -1;
    }

    /// <summary>Takes a row and hangs it at the end of the chain: the order of the others is kept.</summary>
    private int Insert(int prefix)
    {
        int row = TakeRow();
        _paths.GetOrAdd(row) = new RibPath { Prefix = prefix };
        PathCount++;
        ref int entry = ref _entries.GetOrAdd(prefix);
        int last = (entry & ~ChangedBit) - 1;
        if (last < 0)
        {
            entry = (entry & ChangedBit) | (row + 1);
            return row;
        }

        while (NextOf(last) != 0)
        {
            last = NextOf(last) - 1;
        }

        Link(last, row + 1);
        return row;
    }

    private void RemoveRow(int row)
    {
        int prefix = _paths[row].Prefix;
        if (FirstRow(prefix) == row && NextOf(row) == 0)
        {
            RemoveRun(row);
            return;
        }

        BestSignature before = SignatureOf(prefix);
        Unlink(prefix, row);
        int received = ReceivedOf(row);
        int held = _paths[row].Attributes;
        GiveRow(row);
        PathCount--;
        Decide(prefix, before);
        if (TracksEveryPath)
        {
            MarkChanged(prefix);
        }

        Release(held, received);
    }

    private void Unlink(int prefix, int row)
    {
        ref int entry = ref _entries[prefix];
        int first = (entry & ~ChangedBit) - 1;
        if (first == row)
        {
            entry = (entry & ChangedBit) | NextOf(row);
            Link(row, 0);
            return;
        }

        int previous = first;
        while (NextOf(previous) != row + 1)
        {
            previous = NextOf(previous) - 1;
        }

        Link(previous, NextOf(row));
        Link(row, 0);
    }

    /// <summary>The path after this one in its prefix's chain as index + 1; 0 at the end.</summary>
    private int NextOf(int row) => _next is null ? 0 : _next.GetOrDefault(row);

    private void Link(int row, int next)
    {
        if (next != 0 || _next is not null)
        {
            _next ??= new PagedArray<int>(pages.Numbers);
            _next.GetOrAdd(row) = next;
        }
    }

    private void SetColumns(int row, uint pathId, int received)
    {
        if (pathId != 0 || _pathIds is not null)
        {
            _pathIds ??= new PagedArray<uint>(pages.Identifiers);
            _pathIds.GetOrAdd(row) = pathId;
        }

        if (received != 0)
        {
            _received ??= new PagedArray<int>(pages.Numbers);
            _received.GetOrAdd(row) = received;
        }
    }

    /// <summary>The attributes before policy that a row holds beside those after it; 0 for none.</summary>
    private int ReceivedOf(int row) => (_paths[row].Flags & PathFlags.Modified) != 0 ? _received![row] : 0;

    private void Release(int held, int received, int times = 1)
    {
        if (held != 0)
        {
            attributes.Release(held, times);
        }

        if (received != 0)
        {
            attributes.Release(received);
        }
    }
}
