using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model;

/// <summary>One of several next hops of a route.</summary>
public sealed class NextHopSpec : Spec
{
    public InternetAddress? Via { get; internal set; }

    public string? Device { get; internal set; }

    public int Weight { get; internal set; } = 1;

    public bool Onlink { get; internal set; }
}
