using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model.Steps;

/// <summary>An entry of the neighbour table.</summary>
public sealed class NeighbourCheck : StepAction
{
    public override string Kind => "neigh";

    public EndpointRef In { get; internal set; } = null!;

    public InternetAddress Address { get; internal set; }

    public string? Device { get; internal set; }
}
