using System;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Policy;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>Routes that begin at this speaker.</summary>
public sealed partial class BgpSpeaker
{
    /// <summary>Announces a prefix that begins here, or changes its attributes.</summary>
    public void Announce(BgpNetwork network)
    {
        PathAttributesBuilder builder = Tables.Builder;
        builder.Clear();
        builder.Origin = network.Origin;
        builder.Med = network.Med;
        builder.LocalPref = network.LocalPref;
        builder.NextHop = network.NextHop;
        builder.SetAsPath([.. network.AsPath]);
        builder.Communities.AddRange(network.Communities);
        builder.LargeCommunities.AddRange(network.LargeCommunities);
        builder.Weight = network.Weight;
        builder.Tag = network.Tag;
        Originate(network.Prefix, network.Policy, network.Interface);
    }

    /// <summary>
    /// Announces a route of a table dump as one that begins here: its attributes stay, its next hop is this speaker. False
    /// if the attributes are malformed.
    /// </summary>
    public bool Announce(InternetPrefix prefix, ReadOnlySpan<byte> attributes)
    {
        AttributeReader reader = AttributeReader.Read(attributes, 0, AttributeContext.Internal | AttributeContext.FourOctetAs);
        if (reader.Error.Severity >= ErrorSeverity.TreatAsWithdraw)
        {
            return false;
        }

        byte[] canonical = new byte[(attributes.Length * 2) + 64];
        int length = reader.WriteCanonical(canonical, attributes);
        PathAttributes set = Tables.Attributes.Intern(canonical.AsSpan(0, length), default, default);
        PathAttributesBuilder builder = Tables.Builder;
        builder.Load(set);
        Tables.Attributes.Discard(set);
        builder.RemoveReflection();
        Originate(prefix, policy: null);
        return true;
    }

    /// <summary>Takes the route that the tables' builder holds into the table as one that begins here.</summary>
    private void Originate(InternetPrefix prefix, RoutePolicy? policy, string? device = null)
    {
        PathAttributesBuilder builder = Tables.Builder;
        PolicyRoute route = new(prefix, builder) { Origin = PolicyRouteSource.Local, LocalAs = Configuration.As, Interface = device };
        if (policy is not null && !policy.Evaluate(route))
        {
            Withdraw(prefix);
            return;
        }

        if (builder.LocalPref is null && Configuration.DefaultLocalPref != PathAttributes.DefaultLocalPref)
        {
            builder.LocalPref = Configuration.DefaultLocalPref;
        }

        RouteTable routes = RoutesOf(prefix.Family);
        RibPath path = new()
        {
            Prefix = routes.Prefixes.Intern(prefix),
            Peer = RouteTable.LocalPeer,
            Attributes = builder.Intern(Tables.Attributes).Id,
            Flags = PathFlags.Local,
        };
        routes.Update(path, 0, 0);
        ScheduleFlush();
    }

    /// <summary>Takes a prefix that begins here back. False if there is none.</summary>
    public bool Withdraw(InternetPrefix prefix)
    {
        RouteTable routes = RoutesOf(prefix.Family);
        bool removed = routes.Prefixes.TryFind(prefix, out int id) && routes.Withdraw(id, RouteTable.LocalPeer, 0);
        ScheduleFlush();
        return removed;
    }
}
