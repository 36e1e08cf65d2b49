namespace Netemu.Engine.Tcp;

/// <summary>The state diagram of RFC 9293 section 3.3.2 (figure 5) as a pure, total function.</summary>
public static class TcpTransitions
{
    /// <summary>The state after an event; an event that means nothing in a state leaves it.</summary>
    public static TcpState Next(TcpState state, TcpEvent happened) => (state, happened) switch
    {
        (_, TcpEvent.Reset) => TcpState.Closed,

        (TcpState.Closed, TcpEvent.PassiveOpen) => TcpState.Listen,
        (TcpState.Closed, TcpEvent.ActiveOpen) => TcpState.SynSent,
        (TcpState.Listen, TcpEvent.ActiveOpen) => TcpState.SynSent,
        (TcpState.Listen, TcpEvent.SynReceived) => TcpState.SynReceived,
        (TcpState.Listen, TcpEvent.Close) => TcpState.Closed,

        // Simultaneous open: both SYNs cross.
        (TcpState.SynSent, TcpEvent.SynReceived) => TcpState.SynReceived,
        (TcpState.SynSent, TcpEvent.SynAckReceived) => TcpState.Established,
        (TcpState.SynSent, TcpEvent.Close) => TcpState.Closed,
        (TcpState.SynReceived, TcpEvent.SynAcknowledged) => TcpState.Established,
        (TcpState.SynReceived, TcpEvent.Close) => TcpState.FinWait1,

        (TcpState.Established, TcpEvent.Close) => TcpState.FinWait1,
        (TcpState.Established, TcpEvent.FinReceived) => TcpState.CloseWait,
        (TcpState.FinWait1, TcpEvent.FinReceived) => TcpState.Closing,
        (TcpState.FinWait1, TcpEvent.FinAcknowledged) => TcpState.FinWait2,
        (TcpState.FinWait2, TcpEvent.FinReceived) => TcpState.TimeWait,
        (TcpState.FinWait2, TcpEvent.Timeout) => TcpState.Closed,
        (TcpState.CloseWait, TcpEvent.Close) => TcpState.LastAck,
        (TcpState.Closing, TcpEvent.FinAcknowledged) => TcpState.TimeWait,
        (TcpState.LastAck, TcpEvent.FinAcknowledged) => TcpState.Closed,
        (TcpState.TimeWait, TcpEvent.Timeout) => TcpState.Closed,

        _ => state,
    };
}
