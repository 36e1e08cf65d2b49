using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model;

/// <summary>An aggregate that is announced while a more specific route exists.</summary>
public sealed class BgpAggregateSpec : Spec
{
    public InternetPrefix Prefix { get; internal set; }

    public bool SummaryOnly { get; internal set; }

    public bool AsSet { get; internal set; }

    /// <summary>The policy that sets its attributes.</summary>
    public string? Policy { get; internal set; }
}
