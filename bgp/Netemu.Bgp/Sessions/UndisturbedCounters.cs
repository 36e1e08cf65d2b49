namespace Netemu.Bgp.Sessions;

/// <summary>The counters of a session that move while nothing is wrong; the others are in <see cref="SessionRest"/>.</summary>
internal struct UndisturbedCounters
{
    public uint UpdatesSent;
    public uint UpdatesReceived;
    public uint KeepalivesSent;
    public uint KeepalivesReceived;
    public ushort OpensSent;
    public ushort OpensReceived;
}
