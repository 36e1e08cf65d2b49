namespace Netemu.Topologies.Model;

/// <summary>The programs that run inside a namespace.</summary>
public enum ProcessKind : byte
{
    Http,
    Echo,
    Discard,
    Chargen,
    Iperf3,
    Dns,
    DhcpServer,
    DhcpClient,
    RouterAdvertisement,
    FlannelUdp,
}
