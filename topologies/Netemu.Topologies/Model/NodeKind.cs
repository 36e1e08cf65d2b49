namespace Netemu.Topologies.Model;

/// <summary>What a node is. <c>linux</c> is another word for a host.</summary>
public enum NodeKind : byte
{
    Host,

    /// <summary>A host with ip_forward=1 (and IPv6 forwarding).</summary>
    Router,

    /// <summary>A learning switch: an n-ary segment.</summary>
    Bridge,

    /// <summary>Repeats every frame to all other ports.</summary>
    Hub,

    /// <summary>Owns every address that nobody else has, and answers for it.</summary>
    Outside,
}
