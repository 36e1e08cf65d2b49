using Netemu.Bgp.Policy;

namespace Netemu.Bgp;

/// <summary>
/// Routes that a neighbour is told, or not, by what else stands in the table ("neighbor X advertise-map A exist-map B"). The
/// table is asked at intervals; before it has been asked once the neighbour is told by its export policy alone.
/// </summary>
/// <param name="Condition">Holds while it accepts any path of the family's table, used or not.</param>
/// <param name="WhenPresent">The routes are told while the condition holds; false for while it does not.</param>
/// <param name="Telling">The export policy while they are told; null tells everything.</param>
/// <param name="Withholding">The export policy while they are not.</param>
public sealed record ConditionalExport(RoutePolicy Condition, bool WhenPresent, RoutePolicy? Telling, RoutePolicy Withholding)
{
    /// <summary>The names of the maps that say which routes and when, for those who show them.</summary>
    public string Routes { get; init; } = "";
}
