using System.Collections.Generic;
using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>
/// The administrative distances of bgpd's routes (bgp_distance_apply): by what kind of neighbour they come from, by its
/// address ("distance N PREFIX"), and as a local route's for a network that is a back door.
/// </summary>
public sealed class FrrDistances
{
    /// <summary>bgpd's own: 20, 200, 200.</summary>
    internal static readonly (byte External, byte Internal, byte Local) Default = (20, 200, 200);

    private readonly Dictionary<AddressFamily, (byte External, byte Internal, byte Local)> _kinds;
    private readonly IReadOnlyList<(InternetPrefix Source, byte Distance, PolicyMatch? Routes)> _sources;
    private readonly HashSet<InternetPrefix> _backDoors;

    internal FrrDistances(
        Dictionary<AddressFamily, (byte External, byte Internal, byte Local)> kinds,
        IReadOnlyList<(InternetPrefix Source, byte Distance, PolicyMatch? Routes)> sources,
        HashSet<InternetPrefix> backDoors)
    {
        _kinds = kinds;
        _sources = sources;
        _backDoors = backDoors;
    }

    /// <summary>The distance of a route that came from a neighbour, or begins here where there is none.</summary>
    public uint Of(BgpRoute route, InternetAddress neighbor)
    {
        (byte external, byte inside, byte local) = _kinds.GetValueOrDefault(route.Prefix.Family, Default);
        if (route.IsDiscard)
        {
            return local;
        }

        return BySource(route.Prefix, neighbor) is { } distance ? distance
            : _backDoors.Contains(route.Prefix) ? local
            : route.IsInternal ? inside
            : external;
    }

    /// <summary>The line with the longest prefix that the neighbour's address is in, if its access list permits the route.</summary>
    private byte? BySource(InternetPrefix prefix, InternetAddress neighbor)
    {
        (int length, byte? found) = (-1, null);
        foreach ((InternetPrefix source, byte distance, PolicyMatch? routes) in _sources)
        {
            if (source.Contains(neighbor) && source.Length > length)
            {
                (length, found) = (source.Length, routes is null || routes.Matches(new PolicyRoute(prefix, null!)) ? distance : null);
            }
        }

        return found;
    }
}
