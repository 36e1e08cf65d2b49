using Netemu.Core.Time;

namespace Netemu.Bgp;

/// <summary>
/// A router that has just started is not preferred before it knows its own routes ("bgp max-med on-startup"): all that it
/// sends has this MULTI_EXIT_DISC for a time after its first session has come up.
/// </summary>
public sealed record StartupMed(Duration Time, uint Med);
