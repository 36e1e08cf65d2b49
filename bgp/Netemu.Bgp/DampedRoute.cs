using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp;

/// <summary>A route with a history of flaps (RFC 2439).</summary>
/// <param name="Prefix">The route's prefix.</param>
/// <param name="Peer">The neighbour that it comes from.</param>
/// <param name="Penalty">The figure of merit now.</param>
/// <param name="Flaps">How often it has come, gone or changed.</param>
/// <param name="IsSuppressed">It takes no part in the decision.</param>
/// <param name="ReuseIn">How long it stays suppressed if nothing happens.</param>
public readonly record struct DampedRoute(
    InternetPrefix Prefix, InternetAddress Peer, int Penalty, int Flaps, bool IsSuppressed, Duration ReuseIn);
