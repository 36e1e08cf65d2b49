namespace Netemu.Topologies.Building;

/// <summary>Parts of a topology that an <see cref="EmulationExtension"/> may build.</summary>
public enum TopologyPart : byte
{
    Bgp,
    Cluster,
    Processes,
}
