using System.Collections.Generic;
using Netemu.Bgp.Policy;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>Aggregates: announced while a more specific best path exists, and made of those (RFC 4271 section 9.2.2.2).</summary>
public sealed partial class BgpSpeaker
{
    private readonly List<ActiveAggregate> _aggregates = [];

    bool IRibPeers.IsSuppressed(AddressFamily family, int prefix)
    {
        foreach (ActiveAggregate aggregate in _aggregates)
        {
            if (aggregate.Configuration.Prefix.Family == family
                && (aggregate.Configuration.SummaryOnly ? aggregate.Contributors : aggregate.Suppressed).Contains(prefix))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds an aggregate; the routes inside are looked at with the next flush.</summary>
    public void AddAggregate(BgpAggregate aggregate)
    {
        RemoveAggregate(aggregate.Prefix);
        _aggregates.Add(new ActiveAggregate(aggregate));
        RevisitAggregated(aggregate.Prefix);
    }

    /// <summary>Takes an aggregate out. False if there is none.</summary>
    public bool RemoveAggregate(InternetPrefix prefix)
    {
        int removed = _aggregates.RemoveAll(aggregate => aggregate.Configuration.Prefix == prefix);
        if (removed == 0)
        {
            return false;
        }

        Withdraw(prefix);
        RevisitAggregated(prefix);
        return true;
    }

    private void SetAggregates(IEnumerable<BgpAggregate> aggregates)
    {
        foreach (BgpAggregate aggregate in aggregates)
        {
            AddAggregate(aggregate);
        }
    }

    /// <summary>True if the prefix is an aggregate of this speaker, and there is something inside.</summary>
    public bool IsAggregate(InternetPrefix prefix) =>
        _aggregates.Exists(aggregate => aggregate.Configuration.Prefix == prefix && aggregate.Contributors.Count > 0);

    /// <summary>What was suppressed may be told now, or the other way round.</summary>
    private void RevisitAggregated(InternetPrefix prefix)
    {
        RouteTable routes = RoutesOf(prefix.Family);
        foreach ((int inside, int row) in routes.Paths)
        {
            if (routes.FirstRow(inside) == row && IsInside(prefix, routes.Prefixes[inside]))
            {
                routes.MarkChanged(inside);
            }
        }

        ScheduleFlush();
    }

    private static bool IsInside(InternetPrefix aggregate, InternetPrefix prefix) =>
        prefix.Length > aggregate.Length && aggregate.Contains(prefix);

    /// <summary>Brings the aggregates up to what has changed in a table.</summary>
    private void Aggregate(RouteTable routes)
    {
        if (_aggregates.Count == 0 || routes.Changed.Count == 0)
        {
            return;
        }

        // An aggregate may be inside another: those that were announced now are looked at as well.
        int seen = 0;
        foreach ((int first, int count) in routes.Changed)
        {
            seen += count;
            for (int i = 0; i < count; i++)
            {
                NoteContribution(routes, first + i);
            }

            if (seen == routes.Changed.Count)
            {
                AnnounceAggregates(routes);
            }
        }
    }

    /// <summary>A prefix has changed: it contributes to the aggregates that it is inside of, or does not any more.</summary>
    private void NoteContribution(RouteTable routes, int prefix)
    {
        foreach (ActiveAggregate aggregate in _aggregates)
        {
            if (aggregate.Configuration.Prefix.Family == routes.Prefixes.Family
                && IsInside(aggregate.Configuration.Prefix, routes.Prefixes[prefix]))
            {
                aggregate.IsDirty = true;
                int best = routes.BestRow(prefix);
                Set(aggregate.Contributors, prefix, best >= 0);
                if (aggregate.Configuration.SuppressPolicy is { } suppresses)
                {
                    Set(aggregate.Suppressed, prefix, best >= 0 && Accepts(suppresses, routes, prefix, best));
                }
            }
        }
    }

    private static void Set(HashSet<int> prefixes, int prefix, bool isIn)
    {
        if (isIn)
        {
            prefixes.Add(prefix);
        }
        else
        {
            prefixes.Remove(prefix);
        }
    }

    /// <summary>Asks a policy of a path as it stands in the table; what it sets is forgotten.</summary>
    private bool Accepts(RoutePolicy policy, RouteTable routes, int prefix, int row)
    {
        RibPath path = routes[row];
        Tables.Builder.Load(Tables.Attributes[path.Attributes]);
        return policy.Evaluate(PolicyRoute.Of(path, routes.Prefixes[prefix], Tables.Builder, this, Configuration.As));
    }

    private void AnnounceAggregates(RouteTable routes)
    {
        foreach (ActiveAggregate aggregate in _aggregates)
        {
            if (!aggregate.IsDirty || aggregate.Configuration.Prefix.Family != routes.Prefixes.Family)
            {
                continue;
            }

            aggregate.IsDirty = false;
            if (aggregate.Contributors.Count == 0)
            {
                Withdraw(aggregate.Configuration.Prefix);
            }
            else
            {
                AggregateBuilder.Build(Tables, routes, aggregate.Contributors, aggregate.Configuration);
                Tables.Builder.SetAggregator(Configuration.PublicAs, Configuration.RouterId);
                Originate(aggregate.Configuration.Prefix, aggregate.Configuration.Policy);
            }
        }
    }

    /// <summary>An aggregate and the prefixes with a best path inside it.</summary>
    private sealed class ActiveAggregate(BgpAggregate configuration)
    {
        public BgpAggregate Configuration { get; } = configuration;

        public HashSet<int> Contributors { get; } = [];

        /// <summary>Those of them that its policy suppresses.</summary>
        public HashSet<int> Suppressed { get; } = [];

        public bool IsDirty { get; set; }
    }
}
