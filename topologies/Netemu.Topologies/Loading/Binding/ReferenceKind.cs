namespace Netemu.Topologies.Loading.Binding;

/// <summary>What a reference must find.</summary>
internal enum ReferenceKind : byte
{
    /// <summary>A node or a namespace of one, a pod, a service, or any address.</summary>
    Endpoint,

    /// <summary>A device of a node that is a link's end: the node must exist, the device is made.</summary>
    LinkEnd,

    /// <summary>A device that must exist.</summary>
    Device,

    /// <summary>A device that commands may create later.</summary>
    LooseDevice,

    /// <summary>A link by its name.</summary>
    Link,

    /// <summary>A device of the namespace that the reference stands in.</summary>
    LocalDevice,

    /// <summary>A node by its name.</summary>
    Node,

    /// <summary>The other end of a BGP session: a node, or a device of an unnumbered one.</summary>
    Peer,
}
