namespace Netemu.Felix.Calculation;

/// <summary>What has changed.</summary>
internal enum RouteNewsKind : byte
{
    /// <summary>A block or an address came or went; Node is whose it is or was.</summary>
    Prefix,

    /// <summary>A pool came, went or changed: everything inside it is looked at again.</summary>
    Pool,

    /// <summary>A node came, went or changed.</summary>
    Node,

    /// <summary>A node has other subnets than before.</summary>
    NodeMoved,
}
