using Netemu.Core.Addresses;
using Netemu.Engine.Netfilter.Connections;

namespace Netemu.Engine.Links;

/// <summary>What a run of frames writes down of a batch: kept by the worker, so that nothing is cleared each time.</summary>
internal sealed class BatchScratch
{
    /// <summary>Frames that are looked at together: about as many misses as a core keeps under way.</summary>
    private const int BatchLength = 16;

    public readonly IPv4Address[] Destinations = new IPv4Address[BatchLength];
    public readonly IPv6Address[] DestinationsIPv6 = new IPv6Address[BatchLength];
    public readonly int[] Routes = new int[BatchLength];

    /// <summary>What connection tracking reads of the packets, and where it found their connections.</summary>
    public readonly FlowPacket[] Packets = new FlowPacket[BatchLength];
    public readonly int[] Places = new int[BatchLength];
}
