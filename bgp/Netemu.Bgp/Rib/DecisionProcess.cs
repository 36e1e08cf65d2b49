using System;
using Netemu.Bgp.Attributes;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Rib;

/// <summary>
/// Phase 2 of the decision process (RFC 4271 section 9.1.2): each step takes out paths until one is left. Pure, and
/// independent of the order in which the candidates stand: MEDs are compared as the RFC's pseudo-code does, among all
/// candidates of a neighbouring AS ("deterministic MED").
/// </summary>
public static class DecisionProcess
{
    /// <summary>Finds the best of at least one candidate.</summary>
    /// <param name="candidates">The eligible paths of one prefix.</param>
    /// <param name="options">The speaker's switches.</param>
    /// <param name="verdicts">Per candidate: the step that took it out; for the best the step that decided.</param>
    /// <param name="multipath">Per candidate: true if it shares the traffic. The best always does.</param>
    /// <returns>The index of the best.</returns>
    public static int Select(
        ReadOnlySpan<DecisionCandidate> candidates,
        BestPathOptions options,
        Span<BestPathReason> verdicts,
        Span<bool> multipath)
    {
        if (!options.DeterministicMed && candidates.Length > 2)
        {
            return SelectInPairs(candidates, options, verdicts, multipath);
        }

        Elimination contest = new(candidates, verdicts);
        if (HasLongLivedStale(candidates))
        {
            contest.Lowest(BestPathReason.LongLivedStale, static c => c.Attributes.IsLongLivedStale ? 1u : 0u);
        }

        contest.Lowest(BestPathReason.Weight, static c => uint.MaxValue - c.Attributes.Weight);
        contest.Lowest(BestPathReason.LocalPreference, static c => uint.MaxValue - c.Attributes.LocalPref);
        contest.Lowest(BestPathReason.LocallyOriginated, static c => c.IsLocal ? 0u : 1u);
        if (!options.IgnoreAsPathLength)
        {
            contest.Lowest(BestPathReason.AsPathLength, options.CountConfederation
                ? static c => (uint)(c.Attributes.AsPathLength + c.Attributes.AsPath.ConfederationLength)
                : static c => c.Attributes.AsPathLength);
        }

        contest.Lowest(BestPathReason.Origin, static c => (uint)c.Attributes.Origin);
        contest.LowestMed(options.AlwaysCompareMed, options.MissingMedAsWorst);
        contest.Lowest(BestPathReason.ExternalOverInternal, static c => c.IsInternal ? 1u : 0u);
        contest.Lowest(BestPathReason.IgpMetric, static c => c.IgpMetric);
        contest.CopyAlive(multipath);

        if (options.PreferOlder)
        {
            // Only among external paths: what is older depends on history, and internal routers must agree. It is the one that
            // is the best now (BGP_PATH_SELECTED in bgpd); without it identifiers decide.
            contest.Lowest(BestPathReason.OlderPath, static c => c.IsInternal || c.IsLocal || c.WasBest ? 0u : 1u);
        }

        contest.Lowest(BestPathReason.RouterId, static c => c.RouterId.Value);
        contest.Lowest(BestPathReason.ClusterListLength, static c => (uint)c.Attributes.ClusterListLength);
        contest.LowestPeerAddress();
        contest.Lowest(BestPathReason.PathId, static c => c.PathId);
        int best = contest.Survivor();
        LimitMultipath(candidates, best, options, multipath);
        return best;
    }

    /// <summary>
    /// Each path against the best so far, the newest first: the result depends on the order of arrival, which is what
    /// "bgp deterministic-med" is there to prevent.
    /// </summary>
    private static int SelectInPairs(
        ReadOnlySpan<DecisionCandidate> candidates,
        BestPathOptions options,
        Span<BestPathReason> verdicts,
        Span<bool> multipath)
    {
        int[] order = new int[candidates.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        DecisionCandidate[] all = candidates.ToArray();
        Array.Sort(order, (left, right) => all[left].Arrival != all[right].Arrival
            ? all[right].Arrival.CompareTo(all[left].Arrival)
            : left.CompareTo(right));
        Span<BestPathReason> pairVerdicts = stackalloc BestPathReason[2];
        Span<bool> pairMultipath = stackalloc bool[2];
        int best = order[0];
        BestPathReason reason = BestPathReason.OnlyPath;
        foreach (int challenger in order.AsSpan(1))
        {
            int winner = Select([candidates[best], candidates[challenger]], options, pairVerdicts, pairMultipath);
            reason = pairVerdicts[winner];
            verdicts[winner == 0 ? challenger : best] = pairVerdicts[1 - winner];
            best = winner == 0 ? best : challenger;
        }

        verdicts[best] = reason;
        for (int i = 0; i < candidates.Length; i++)
        {
            multipath[i] = i == best;
            if (i != best)
            {
                Select([candidates[best], candidates[i]], options, pairVerdicts, pairMultipath);
                multipath[i] = pairMultipath[1];
            }
        }

        LimitMultipath(candidates, best, options, multipath);
        return best;
    }

    private static void LimitMultipath(
        ReadOnlySpan<DecisionCandidate> candidates, int best, BestPathOptions options, Span<bool> multipath)
    {
        int limit = candidates[best].IsInternal ? options.MaximumPathsInternal : options.MaximumPathsExternal;
        int sharing = 0;
        for (int i = 0; i < candidates.Length; i++)
        {
            multipath[i] = i == best || (multipath[i] && limit > 1 && CanShare(candidates[i], candidates[best], options));
            sharing += multipath[i] ? 1 : 0;
        }

        // As in bgpd (bgp_path_info_mpath_cmp) the lowest next hops stay, whatever came first.
        for (; sharing > limit; sharing--)
        {
            multipath[HighestNextHop(candidates, best, multipath)] = false;
        }
    }

    /// <summary>Equal in what has been compared, another next hop, and the same way out: bgpd asks external paths for one AS.</summary>
    private static bool CanShare(in DecisionCandidate path, in DecisionCandidate best, BestPathOptions options) =>
        path.IsLocal == best.IsLocal
        && path.Attributes.NextHop != best.Attributes.NextHop
        && (options.MultipathRelax || (path.IsInternal
            ? HaveEqualPaths(path.Attributes, best.Attributes)
            : path.Attributes.NeighborAs == best.Attributes.NeighborAs));

    private static int HighestNextHop(ReadOnlySpan<DecisionCandidate> candidates, int best, ReadOnlySpan<bool> multipath)
    {
        int highest = -1;
        for (int i = 0; i < candidates.Length; i++)
        {
            if (multipath[i] && i != best && (highest < 0 || IsHigher(candidates[i], candidates[highest])))
            {
                highest = i;
            }
        }

        return highest;
    }

    private static bool IsHigher(in DecisionCandidate left, in DecisionCandidate right)
    {
        int order = left.Attributes.NextHop.CompareTo(right.Attributes.NextHop);
        return (order != 0 ? order : left.PeerAddress.CompareTo(right.PeerAddress)) > 0;
    }

    private static bool HasLongLivedStale(ReadOnlySpan<DecisionCandidate> candidates)
    {
        foreach (ref readonly DecisionCandidate candidate in candidates)
        {
            if (candidate.Attributes.IsLongLivedStale)
            {
                return true;
            }
        }

        return false;
    }

    private static bool HaveEqualPaths(PathAttributes left, PathAttributes right) =>
        left.AsPath.Bytes.SequenceEqual(right.AsPath.Bytes);

    /// <summary>The candidates still in, as verdicts that are None.</summary>
    private ref struct Elimination
    {
        private readonly ReadOnlySpan<DecisionCandidate> _candidates;
        private readonly Span<BestPathReason> _verdicts;
        private int _alive;
        private BestPathReason _last = BestPathReason.OnlyPath;

        public Elimination(ReadOnlySpan<DecisionCandidate> candidates, Span<BestPathReason> verdicts)
        {
            _candidates = candidates;
            _verdicts = verdicts[..candidates.Length];
            _verdicts.Clear();
            _alive = candidates.Length;
        }

        public void Lowest(BestPathReason step, Func<DecisionCandidate, uint> key)
        {
            if (_alive == 1)
            {
                return;
            }

            uint lowest = uint.MaxValue;
            for (int i = 0; i < _candidates.Length; i++)
            {
                lowest = IsAlive(i) ? Math.Min(lowest, key(_candidates[i])) : lowest;
            }

            for (int i = 0; i < _candidates.Length; i++)
            {
                if (IsAlive(i) && key(_candidates[i]) > lowest)
                {
                    TakeOut(i, step);
                }
            }
        }

        // RFC 4271 section 9.1.2.2 (c): m goes if some n of the same neighbouring AS has a lower MED.
        public void LowestMed(bool always, bool missingAsWorst)
        {
            if (_alive == 1)
            {
                return;
            }

            Span<bool> loses = _candidates.Length <= 64 ? stackalloc bool[64] : new bool[_candidates.Length];
            for (int m = 0; m < _candidates.Length; m++)
            {
                loses[m] = IsAlive(m) && HasLowerMed(m, always, missingAsWorst);
            }

            for (int m = 0; m < _candidates.Length; m++)
            {
                if (loses[m])
                {
                    TakeOut(m, BestPathReason.MultiExitDisc);
                }
            }
        }

        public void LowestPeerAddress()
        {
            if (_alive == 1)
            {
                return;
            }

            InternetAddress? lowest = null;
            for (int i = 0; i < _candidates.Length; i++)
            {
                if (IsAlive(i) && (lowest is null || _candidates[i].PeerAddress.CompareTo(lowest.Value) < 0))
                {
                    lowest = _candidates[i].PeerAddress;
                }
            }

            for (int i = 0; i < _candidates.Length; i++)
            {
                if (IsAlive(i) && _candidates[i].PeerAddress != lowest)
                {
                    TakeOut(i, BestPathReason.PeerAddress);
                }
            }
        }

        public readonly void CopyAlive(Span<bool> alive)
        {
            for (int i = 0; i < _candidates.Length; i++)
            {
                alive[i] = IsAlive(i);
            }
        }

        /// <summary>The first one left; it is the only one unless two paths are equal in everything.</summary>
        public readonly int Survivor()
        {
            int best = _verdicts.IndexOf(BestPathReason.None);
            for (int i = best + 1; i < _candidates.Length; i++)
            {
                if (IsAlive(i))
                {
                    _verdicts[i] = BestPathReason.PathId;
                }
            }

            _verdicts[best] = _last;
            return best;
        }

        private readonly bool HasLowerMed(int m, bool always, bool missingAsWorst)
        {
            uint own = MedOf(_candidates[m].Attributes, missingAsWorst);
            for (int n = 0; n < _candidates.Length; n++)
            {
                if (IsAlive(n)
                    && MedOf(_candidates[n].Attributes, missingAsWorst) < own
                    && (always || _candidates[n].Attributes.NeighborAs == _candidates[m].Attributes.NeighborAs))
                {
                    return true;
                }
            }

            return false;
        }

        private static uint MedOf(PathAttributes set, bool missingAsWorst) =>
            missingAsWorst && !set.HasMed ? uint.MaxValue : set.Med;

        private readonly bool IsAlive(int i) => _verdicts[i] == BestPathReason.None;

        private void TakeOut(int i, BestPathReason step)
        {
            _verdicts[i] = step;
            _alive--;
            _last = step;
        }
    }
}
