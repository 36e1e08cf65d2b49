namespace Netemu.Engine.Tcp;

/// <summary>What moves a connection from state to state (RFC 9293 figure 5).</summary>
public enum TcpEvent : byte
{
    /// <summary>The user calls OPEN, active.</summary>
    ActiveOpen,

    /// <summary>The user calls OPEN, passive.</summary>
    PassiveOpen,

    /// <summary>A SYN without an acceptable ACK.</summary>
    SynReceived,

    /// <summary>A SYN that acknowledges ours.</summary>
    SynAckReceived,

    /// <summary>An ACK of our SYN.</summary>
    SynAcknowledged,

    /// <summary>The user calls CLOSE (or shuts down its sending side).</summary>
    Close,

    /// <summary>The other side's FIN, in order.</summary>
    FinReceived,

    /// <summary>An ACK of our FIN.</summary>
    FinAcknowledged,

    /// <summary>Twice the maximum segment lifetime, or the time an orphan may wait for a FIN, is over.</summary>
    Timeout,

    /// <summary>A reset, sent or received, or the end of all patience.</summary>
    Reset,
}
