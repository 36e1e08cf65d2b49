namespace Netemu.Engine.Sockets;

/// <summary>IP_MTU_DISCOVER of a socket, and `ping -M`.</summary>
public enum PathMtuDiscovery : byte
{
    /// <summary>DF while the packet fits the path MTU, fragments otherwise: the default.</summary>
    Want,

    /// <summary>Never DF.</summary>
    Dont,

    /// <summary>Always DF; EMSGSIZE when it does not fit.</summary>
    Do,

    /// <summary>Always DF, path MTU ignored.</summary>
    Probe,
}
