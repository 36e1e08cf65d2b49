using System;
using Netemu.Core.Wire;

namespace Netemu.Engine.Netfilter.Connections;

/// <summary>
/// The transitions of TCP's tracked state: by direction, kind of segment and state (tcp_conntracks in
/// nf_conntrack_proto_tcp.c). Pure and total.
/// </summary>
internal static class TcpTransitions
{
    private const int States = 10;
    private const int Kinds = 6;

    private const byte Ss = (byte)TcpConnectionState.SynSent;
    private const byte Sr = (byte)TcpConnectionState.SynReceived;
    private const byte Es = (byte)TcpConnectionState.Established;
    private const byte Fw = (byte)TcpConnectionState.FinWait;
    private const byte Cw = (byte)TcpConnectionState.CloseWait;
    private const byte La = (byte)TcpConnectionState.LastAck;
    private const byte Tw = (byte)TcpConnectionState.TimeWait;
    private const byte Cl = (byte)TcpConnectionState.Close;
    private const byte S2 = (byte)TcpConnectionState.SynSent2;
    private const byte Iv = (byte)TcpConnectionState.Invalid;
    private const byte Ig = (byte)TcpConnectionState.Ignore;

    // States:  No  Ss  Sr  Es  Fw  Cw  La  Tw  Cl  S2
    private static ReadOnlySpan<byte> Table =>
    [
        // Original direction: SYN, SYN+ACK, FIN, ACK, RST, none of them.
        Ss, Ss, Ig, Ig, Ig, Ig, Ig, Ss, Ss, S2,
        Iv, Iv, Sr, Iv, Iv, Iv, Iv, Iv, Iv, Sr,
        Iv, Iv, Fw, Fw, La, La, La, Tw, Cl, Iv,
        Es, Iv, Es, Es, Cw, Cw, Tw, Tw, Cl, Iv,
        Iv, Cl, Cl, Cl, Cl, Cl, Cl, Cl, Cl, Cl,
        Iv, Iv, Iv, Iv, Iv, Iv, Iv, Iv, Iv, Iv,

        // Reply direction.
        Iv, S2, Iv, Iv, Iv, Iv, Iv, Ss, Iv, S2,
        Iv, Sr, Ig, Ig, Ig, Ig, Ig, Ig, Ig, Sr,
        Iv, Iv, Fw, Fw, La, La, La, Tw, Cl, Iv,
        Iv, Ig, Sr, Es, Cw, Cw, Tw, Tw, Cl, Ig,
        Iv, Cl, Cl, Cl, Cl, Cl, Cl, Cl, Cl, Cl,
        Iv, Iv, Iv, Iv, Iv, Iv, Iv, Iv, Iv, Iv,
    ];

    public static TcpConnectionState Next(TcpConnectionState state, TcpFlags flags, bool reply) =>
        (TcpConnectionState)Table[((((reply ? Kinds : 0) + Kind(flags)) * States) + (int)state)];

    /// <summary>How long a connection is kept in a state, in seconds (tcp_timeouts).</summary>
    public static int TimeoutSeconds(TcpConnectionState state) => state switch
    {
        TcpConnectionState.SynSent or TcpConnectionState.SynSent2 => 120,
        TcpConnectionState.SynReceived => 60,
        TcpConnectionState.Established => 432_000,
        TcpConnectionState.FinWait => 120,
        TcpConnectionState.CloseWait => 60,
        TcpConnectionState.LastAck => 30,
        TcpConnectionState.TimeWait => 120,
        _ => 10,
    };

    /// <summary>As `conntrack -L` writes it.</summary>
    public static string Text(TcpConnectionState state) => state switch
    {
        TcpConnectionState.SynSent => "SYN_SENT",
        TcpConnectionState.SynReceived => "SYN_RECV",
        TcpConnectionState.Established => "ESTABLISHED",
        TcpConnectionState.FinWait => "FIN_WAIT",
        TcpConnectionState.CloseWait => "CLOSE_WAIT",
        TcpConnectionState.LastAck => "LAST_ACK",
        TcpConnectionState.TimeWait => "TIME_WAIT",
        TcpConnectionState.Close => "CLOSE",
        TcpConnectionState.SynSent2 => "SYN_SENT2",
        _ => "NONE",
    };

    private static int Kind(TcpFlags flags)
    {
        if ((flags & TcpFlags.Rst) != 0)
        {
            return 4;
        }

        if ((flags & TcpFlags.Syn) != 0)
        {
            return (flags & TcpFlags.Ack) != 0 ? 1 : 0;
        }

        if ((flags & TcpFlags.Fin) != 0)
        {
            return 2;
        }

        return (flags & TcpFlags.Ack) != 0 ? 3 : 5;
    }
}
