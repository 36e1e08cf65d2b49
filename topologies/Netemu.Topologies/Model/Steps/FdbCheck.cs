using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model.Steps;

/// <summary>An entry of a bridge's or vxlan's forwarding database.</summary>
public sealed class FdbCheck : StepAction
{
    public override string Kind => "fdb";

    public EndpointRef In { get; internal set; } = null!;

    public MacAddress Mac { get; internal set; }

    /// <summary>The bridge or vxlan; the node itself where it is a bridge.</summary>
    public string? Device { get; internal set; }

    public int? Vlan { get; internal set; }
}
