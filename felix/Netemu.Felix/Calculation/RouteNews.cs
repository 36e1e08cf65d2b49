using Netemu.Core.Addresses;

namespace Netemu.Felix.Calculation;

/// <summary>An entry of the journal of <see cref="ClusterRoutes"/>: something has changed for a prefix, or for a node.</summary>
internal readonly record struct RouteNews(RouteNewsKind Kind, InternetPrefix Prefix, string Node);
