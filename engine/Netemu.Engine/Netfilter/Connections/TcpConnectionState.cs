namespace Netemu.Engine.Netfilter.Connections;

/// <summary>TCP as connection tracking sees it from between the ends (enum tcp_conntrack).</summary>
public enum TcpConnectionState : byte
{
    None,
    SynSent,
    SynReceived,
    Established,
    FinWait,
    CloseWait,
    LastAck,
    TimeWait,
    Close,

    /// <summary>SYN seen both ways: simultaneous open.</summary>
    SynSent2,

    /// <summary>No state: the packet does not belong there.</summary>
    Invalid,

    /// <summary>No state: the packet passes and changes nothing.</summary>
    Ignore,
}
