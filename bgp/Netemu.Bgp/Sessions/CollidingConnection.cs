namespace Netemu.Bgp.Sessions;

/// <summary>A second connection to a peer, until the collision is resolved.</summary>
internal sealed class CollidingConnection
{
    public BgpConnection Connection = BgpConnection.Unused;
}
