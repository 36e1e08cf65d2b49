namespace Netemu.Calico.Resources;

/// <summary>When a pool's packets between nodes are encapsulated.</summary>
public enum EncapsulationMode : byte
{
    Never,

    /// <summary>Only if the other node is outside this node's subnet.</summary>
    CrossSubnet,
    Always,
}
