using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Policy;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp;

/// <summary>What a neighbour is told by what else is known: conditional advertisement. The table is looked at in intervals.</summary>
public sealed partial class BgpSpeaker
{
    private readonly CallbackTimer _conditionTimer;

    /// <summary>The answers of the last look, by the session's number; none before the first one.</summary>
    private readonly Dictionary<(ushort Session, AddressFamily Family), bool> _conditions = [];

    /// <summary>A neighbour has a condition: noted when it is added, so that no start walks over thousands of neighbours to see.</summary>
    private bool _hasConditions;

    /// <summary>How long it is until the next look; null while no neighbour has a condition.</summary>
    internal Duration? UntilConditions => _conditionTimer.IsArmed ? _conditionTimer.Due - Scheduler.Now : null;

    /// <summary>True if the routes that a neighbour's condition is about are told now, as far as the last look has said.</summary>
    internal bool IsToldConditionally(BgpSession session, AddressFamily family) => _conditions.GetValueOrDefault((session.Index, family), true);

    /// <summary>The export policy of a neighbour's family by the last look at its condition.</summary>
    private RoutePolicy? ExportOf(BgpSession session, AddressFamily family) =>
        session.Configuration.ConditionOf(family) is { } condition && _conditions.TryGetValue((session.Index, family), out bool tells)
            ? tells ? condition.Telling : condition.Withholding
            : session.Configuration.Export;

    private static bool HasCondition(BgpSession session) =>
        session.Configuration.IPv4Condition is not null || session.Configuration.IPv6Condition is not null;

    /// <summary>The neighbours' configuration has changed: with the first condition the table is looked at at once, as bgpd does.</summary>
    private void ChangeConditions()
    {
        foreach ((ushort number, AddressFamily family) in _conditions.Keys.ToArray())
        {
            if (_sessions[number]?.Configuration.ConditionOf(family) is null)
            {
                _conditions.Remove((number, family));
            }
        }

        _hasConditions = Neighbors.Any(HasCondition);
        ArmConditions();
    }

    /// <summary>A neighbour has been added, and perhaps the first condition with it.</summary>
    private void ArmConditions()
    {
        if (!IsRunning || !_hasConditions)
        {
            Scheduler.Cancel(_conditionTimer);
        }
        else if (!_conditionTimer.IsArmed)
        {
            LookAtConditions();
        }
    }

    private void LookAtConditions()
    {
        Scheduler.Schedule(_conditionTimer, Scheduler.Now + Configuration.ConditionInterval);
        foreach (BgpSession session in Neighbors.Where(session => session.IsEstablished && HasCondition(session)).ToArray())
        {
            Look(session, AddressFamily.IPv4);
            Look(session, AddressFamily.IPv6);
            session.ChangeGroups();
        }
    }

    private void Look(BgpSession session, AddressFamily family)
    {
        if (session.Has(family) && session.Configuration.ConditionOf(family) is { } condition)
        {
            _conditions[(session.Index, family)] = IsPresent(RoutesOf(family), condition.Condition) == condition.WhenPresent;
        }
    }

    /// <summary>True if a policy accepts any path of a table, usable or not.</summary>
    private bool IsPresent(RouteTable routes, RoutePolicy policy)
    {
        foreach ((int prefix, int row) in routes.Paths)
        {
            RibPath path = routes[row];
            Tables.Builder.Load(Tables.Attributes[path.Attributes]);
            if (policy.Evaluate(PolicyRoute.Of(path, routes.Prefixes[prefix], Tables.Builder, this, Configuration.As)))
            {
                return true;
            }
        }

        return false;
    }
}
