namespace Netemu.Engine.Tcp;

/// <summary>The timers of a connection, by the words of `ss -o`.</summary>
public enum TcpTimer : byte
{
    None,

    /// <summary>Retransmission.</summary>
    On,

    KeepAlive,
    TimeWait,

    /// <summary>Probing a closed window.</summary>
    Persist,
}
