using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>A prefix that is announced while a more specific route exists (RFC 4271 section 9.2.2.2).</summary>
public sealed record BgpAggregate(InternetPrefix Prefix)
{
    /// <summary>The more specific routes are told to nobody.</summary>
    public bool SummaryOnly { get; init; }

    /// <summary>Of the more specific routes those that it accepts are told to nobody; null for none.</summary>
    public RoutePolicy? SuppressPolicy { get; init; }

    /// <summary>AS numbers and communities of the routes inside are kept, the numbers as an AS_SET.</summary>
    public bool AsSet { get; init; }

    /// <summary>Without an AS_SET it has ATOMIC_AGGREGATE even where no path was lost (bgp_attr_aggregate_intern).</summary>
    public bool AlwaysAtomic { get; init; }

    /// <summary>Gives the aggregate its attributes; null leaves what aggregation makes.</summary>
    public RoutePolicy? Policy { get; init; }
}
