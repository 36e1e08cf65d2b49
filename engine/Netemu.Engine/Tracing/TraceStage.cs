namespace Netemu.Engine.Tracing;

/// <summary>The stage of the data path at which a decision was made.</summary>
public enum TraceStage : byte
{
    Send,
    Receive,
    Bridge,
    Arp,
    Prerouting,
    Route,
    LocalIn,
    Forward,
    LocalOut,
    Postrouting,
    Neighbour,
    Transmit,
    Tunnel,
    Deliver,
    Drop,
}
