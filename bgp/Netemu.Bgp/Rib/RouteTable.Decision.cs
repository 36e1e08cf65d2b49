using System;
using Netemu.Bgp.Attributes;

namespace Netemu.Bgp.Rib;

/// <summary>The decision over one prefix's chain, and whether anyone can see its result.</summary>
internal sealed partial class RouteTable
{
    /// <summary>Brings the best path to the front and records the change, if there is one.</summary>
    private void Decide(int prefix, in BestSignature before)
    {
        int first = FirstRow(prefix);
        if (first >= 0)
        {
            if (NextOf(first) == 0)
            {
                DecideSingle(ref _paths[first]);
            }
            else
            {
                DecideAmong(prefix, first, before.Row - 1);
            }
        }

        BestSignature after = SignatureOf(prefix);
        if (after with { Row = before.Row } != before)
        {
            BestCount += (after.Attributes != 0 ? 1 : 0) - (before.Attributes != 0 ? 1 : 0);
            MarkChanged(prefix);
        }
    }

    private static void DecideSingle(ref RibPath path)
    {
        path.Flags &= ~PathFlags.Multipath;
        if ((path.Flags & PathFlags.Rejected) == 0)
        {
            path.Verdict = (byte)BestPathReason.OnlyPath;
        }
    }

    private void DecideAmong(int prefix, int first, int bestBefore)
    {
        int count = 0;
        for (int row = first; row >= 0; row = NextOf(row) - 1)
        {
            _paths[row].Flags &= ~PathFlags.Multipath;
            if ((_paths[row].Flags & PathFlags.Rejected) == 0)
            {
                AddCandidate(count++, row, bestBefore);
            }
        }

        if (count == 0)
        {
            return;
        }

        Span<BestPathReason> verdicts = count <= 64 ? stackalloc BestPathReason[64] : new BestPathReason[count];
        Span<bool> multipath = count <= 64 ? stackalloc bool[64] : new bool[count];
        int best = DecisionProcess.Select(_candidates.AsSpan(0, count), Options, verdicts, multipath);
        bool shared = multipath[..count].Count(true) > 1;
        for (int i = 0; i < count; i++)
        {
            ref RibPath path = ref _paths[_candidateRows[i]];
            path.Verdict = (byte)verdicts[i];
            path.Flags |= shared && multipath[i] ? PathFlags.Multipath : 0;
        }

        MoveToFront(prefix, _candidateRows[best]);
    }

    private void AddCandidate(int index, int row, int bestBefore)
    {
        if (index == _candidates.Length)
        {
            Array.Resize(ref _candidates, index * 2);
            Array.Resize(ref _candidateRows, index * 2);
        }

        ref RibPath path = ref _paths[row];
        PathAttributes set = attributes[path.Attributes];
        _candidateRows[index] = row;
        _candidates[index] = new DecisionCandidate(set)
        {
            IsLocal = path.Peer == LocalPeer,
            IsInternal = (path.Flags & (PathFlags.Internal | PathFlags.Confederation)) != 0,
            PeerIdentifier = peers.IdentifierOf(path.Peer),
            PeerAddress = peers.AddressOf(path.Peer),
            IgpMetric = path.Peer == LocalPeer ? 0 : peers.MetricOf(set.NextHop),
            PathId = PathIdOf(row),
            WasBest = row == bestBefore,
            Arrival = _arrivals?.GetOrDefault(row) ?? 0,
        };
    }

    /// <summary>True if no eligible path through the same neighbouring AS is better.</summary>
    public bool IsBestOfAs(int prefix, int row)
    {
        uint neighbor = attributes[_paths[row].Attributes].NeighborAs;
        int best = BestRow(prefix);
        int count = 0;
        for (int other = best; other >= 0; other = NextOf(other) - 1)
        {
            if ((_paths[other].Flags & PathFlags.Rejected) == 0 && attributes[_paths[other].Attributes].NeighborAs == neighbor)
            {
                AddCandidate(count++, other, best);
            }
        }

        return _candidateRows[DecisionProcess.Select(_candidates.AsSpan(0, count), Options, new BestPathReason[count], new bool[count])] == row;
    }

    private void MoveToFront(int prefix, int row)
    {
        ref int entry = ref _entries[prefix];
        if ((entry & ~ChangedBit) == row + 1)
        {
            return;
        }

        Unlink(prefix, row);
        Link(row, entry & ~ChangedBit);
        entry = (entry & ChangedBit) | (row + 1);
    }

    /// <summary>What of a prefix the FIB and the peers can see.</summary>
    private BestSignature SignatureOf(int prefix)
    {
        int row = BestRow(prefix);
        if (row < 0)
        {
            return default;
        }

        ref RibPath best = ref _paths[row];
        long others = 0;
        for (int next = NextOf(row) - 1; next >= 0; next = NextOf(next) - 1)
        {
            if ((_paths[next].Flags & PathFlags.Multipath) != 0)
            {
                others = (others * 31) + _paths[next].Attributes;
            }
        }

        return new BestSignature(best.Attributes, best.Peer, others) { Row = row + 1 };
    }

    private readonly record struct BestSignature(int Attributes, ushort Peer, long Others)
    {
        /// <summary>Where the best path stands, as index + 1; 0 if there is none. Nobody outside sees it.</summary>
        public int Row { get; init; }
    }
}
