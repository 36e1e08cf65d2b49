namespace Netemu.Engine.Routing;

/// <summary>Where a new route stands among those of its prefix and metric (NLM_F_EXCL, NLM_F_APPEND and neither of them).</summary>
public enum RoutePlace
{
    /// <summary>There must be no other.</summary>
    Only,
    First,
    Last,
}
