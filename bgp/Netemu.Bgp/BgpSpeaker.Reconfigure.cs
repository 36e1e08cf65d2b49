using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Bgp.Updates;
using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>A running speaker takes another configuration: what is the same stays, sessions that can stay do.</summary>
public sealed partial class BgpSpeaker
{
    /// <summary>
    /// Takes a whole configuration. Sessions are reset only where what was said in OPEN or the connection itself changes;
    /// a changed policy runs over what neighbours have sent, and what they hold is brought up to it.
    /// </summary>
    public void Reconfigure(BgpSpeakerConfiguration configuration)
    {
        BgpSpeakerConfiguration old = Configuration;
        bool identity = old.As != configuration.As || old.RouterId != configuration.RouterId
            || old.ConfederationId != configuration.ConfederationId
            || !old.ConfederationPeers.SequenceEqual(configuration.ConfederationPeers);
        bool decides = old.BestPath != configuration.BestPath;
        Configuration = configuration;
        if (decides)
        {
            ChangeDecision(_ipv4);
            ChangeDecision(_ipv6);
        }

        if (old.TablePolicy != configuration.TablePolicy)
        {
            InstallAgain(_ipv4);
            InstallAgain(_ipv6);
        }

        ChangeNetworks(old, configuration);
        ChangeAggregates(old, configuration);
        ChangeNeighbors(old, configuration, identity);
        ChangeStartup();
        if (old.GracefulShutdown != configuration.GracefulShutdown)
        {
            foreach (BgpSession session in Neighbors)
            {
                ImportAgain(session, AddressFamily.IPv4);
                ImportAgain(session, AddressFamily.IPv6);
            }
        }

        if (old.Damping is not null && configuration.Damping is null)
        {
            ReleaseDamped(_ipv4);
            ReleaseDamped(_ipv6);
        }

        foreach (UpdateGroup group in _groups)
        {
            group.ExportAgain();
        }

        Flush();
        foreach (BgpSession session in Neighbors.ToArray())
        {
            session.ChangeGroups();
        }

        ChangeConditions();
        ApplyStations();
    }

    private void ChangeDecision(RouteTable routes)
    {
        routes.Options = Configuration.BestPath;
        foreach ((int prefix, int row) in routes.Paths)
        {
            if (routes.FirstRow(prefix) == row)
            {
                routes.Reconsider(prefix);
            }
        }
    }

    private void ChangeNetworks(BgpSpeakerConfiguration old, BgpSpeakerConfiguration now)
    {
        HashSet<InternetPrefix> kept = [.. now.Networks.Select(network => network.Prefix)];
        foreach (BgpNetwork network in old.Networks)
        {
            if (!kept.Contains(network.Prefix))
            {
                Withdraw(network.Prefix);
            }
        }

        HashSet<BgpNetwork> same = [.. old.Networks];
        foreach (BgpNetwork network in now.Networks)
        {
            if (!same.Contains(network))
            {
                Announce(network);
            }
        }
    }

    private void ChangeAggregates(BgpSpeakerConfiguration old, BgpSpeakerConfiguration now)
    {
        foreach (BgpAggregate aggregate in old.Aggregates)
        {
            if (!now.Aggregates.Contains(aggregate))
            {
                RemoveAggregate(aggregate.Prefix);
            }
        }

        foreach (BgpAggregate aggregate in now.Aggregates)
        {
            if (!old.Aggregates.Contains(aggregate))
            {
                AddAggregate(aggregate);
            }
        }
    }

    private void ChangeNeighbors(BgpSpeakerConfiguration old, BgpSpeakerConfiguration now, bool identity)
    {
        HashSet<InternetAddress> kept = [.. now.Neighbors.Select(neighbor => neighbor.Address)];
        foreach (BgpNeighbor neighbor in old.Neighbors)
        {
            if (!kept.Contains(neighbor.Address))
            {
                RemoveNeighbor(neighbor.Address);
            }
        }

        foreach (BgpNeighbor neighbor in now.Neighbors)
        {
            if (FindNeighbor(neighbor.Address) is not BgpSession session)
            {
                AddNeighbor(neighbor);
            }
            else if (identity)
            {
                session.Stop(BgpErrorSubcode.OtherConfigurationChange);
                session.Configuration = neighbor.Configuration;
                StartAgain(session);
            }
            else
            {
                ReconfigureNeighbor(neighbor.Address, neighbor.Configuration);
            }
        }

        foreach (BgpSession session in Neighbors.Where(session => session.IsDynamic).ToArray())
        {
            if (RangeOf(now, session.Address) is { } range)
            {
                ReconfigureNeighbor(session.Address, range.Configuration with { Passive = true });
            }
            else
            {
                RemoveNeighbor(session.Address);
            }
        }
    }

    private void ReleaseDamped(RouteTable routes)
    {
        for (int row = 0; row < routes.RowCount; row++)
        {
            RibPath path = routes[row];
            if (!path.IsFree && (path.Flags & PathFlags.Rejected) != 0 && (PathRejection)path.Verdict == PathRejection.Damped)
            {
                routes.SetRejection(row, JudgeNextHop(Tables.Attributes[path.Attributes].NextHop));
            }
        }

        _flaps.Clear();
    }

    private void StartAgain(BgpSession session)
    {
        if (IsRunning)
        {
            SetPeerOptions(session);
            session.Start();
        }
    }

    /// <summary>
    /// True if two configurations differ in nothing that the connection or OPEN depends on.
    /// </summary>
    private static bool KeepsSession(BgpNeighborConfiguration old, BgpNeighborConfiguration now) => now == old with
    {
        Description = now.Description,
        Import = now.Import,
        Export = now.Export,
        IPv4Condition = now.IPv4Condition,
        IPv6Condition = now.IPv6Condition,
        Unsuppress = now.Unsuppress,
        Weight = now.Weight,
        NextHop = now.NextHop,
        KeepsNextHopOnLink = now.KeepsNextHopOnLink,
        LocalIPv6NextHop = now.LocalIPv6NextHop,
        LinkLocalNextHop = now.LinkLocalNextHop,
        RouteReflectorClient = now.RouteReflectorClient,
        RouteServerClient = now.RouteServerClient,
        AllowedOwnAs = now.AllowedOwnAs,
        AllowsOwnOrigin = now.AllowsOwnOrigin,
        KeepsAsPath = now.KeepsAsPath,
        KeepsMed = now.KeepsMed,
        EnforceFirstAs = now.EnforceFirstAs,
        RemovePrivateAs = now.RemovePrivateAs,
        AsOverride = now.AsOverride,
        AddPathBestOfAs = now.AddPathBestOfAs,
        SendBackToSender = now.SendBackToSender,
        SendCommunities = now.SendCommunities,
        MaximumPrefixes = now.MaximumPrefixes,
        MaximumPrefixesCountsRefused = now.MaximumPrefixesCountsRefused,
        MaximumPrefixesWarningOnly = now.MaximumPrefixesWarningOnly,
        MaximumPrefixesRestart = now.MaximumPrefixesRestart,
        DefaultOriginate = now.DefaultOriginate,
        DefaultOriginatePolicy = now.DefaultOriginatePolicy,
        RequiresPolicy = now.RequiresPolicy,
        ShutdownMessage = now.ShutdownMessage,
        LocalAsNoPrepend = now.LocalAsNoPrepend,
        LocalAsReplaces = now.LocalAsReplaces,
        StaleTime = now.StaleTime,
        LongLivedPartialDeployment = now.LongLivedPartialDeployment,
        Bfd = now.Bfd,
        BfdParameters = now.BfdParameters,
    };
}
