namespace Netemu.Engine.Devices;

/// <summary>The counters of `ip -s link`.</summary>
public struct DeviceCounters
{
    public long ReceivedPackets;
    public long ReceivedBytes;
    public long ReceiveDropped;
    public long TransmittedPackets;
    public long TransmittedBytes;
    public long TransmitDropped;
}
