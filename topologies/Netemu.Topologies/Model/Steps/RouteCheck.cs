using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model.Steps;

/// <summary>What the routing table says about a prefix, or what a lookup of an address finds.</summary>
public sealed class RouteCheck : StepAction
{
    public override string Kind => "route";

    public EndpointRef In { get; internal set; } = null!;

    /// <summary>The exact prefix, or a host address to look up.</summary>
    public InternetPrefix To { get; internal set; }

    /// <summary>Whether <see cref="To"/> was written without a length: a lookup, as <c>ip route get</c>.</summary>
    public bool Lookup { get; internal set; }

    public InternetAddress? From { get; internal set; }

    public uint? Table { get; internal set; }

    public uint? Mark { get; internal set; }
}
