namespace Netemu.Engine.Tcp;

/// <summary>net.ipv4.tcp_congestion_control.</summary>
public enum TcpCongestionControl : byte
{
    /// <summary>CUBIC (RFC 9438), the default.</summary>
    Cubic,

    /// <summary>Reno (RFC 5681), with NewReno's recovery (RFC 6582) where there is no SACK.</summary>
    Reno,
}
