namespace Netemu.Calico.Peering;

/// <summary>Why a session exists.</summary>
public enum PeeringOrigin : byte
{
    /// <summary>The node-to-node mesh.</summary>
    Mesh,

    /// <summary>A BGPPeer for all nodes.</summary>
    GlobalPeer,

    /// <summary>A BGPPeer for one node or selected nodes.</summary>
    NodePeer,

    /// <summary>The other direction of a BGPPeer with a peerSelector.</summary>
    ReversePeer,
}
